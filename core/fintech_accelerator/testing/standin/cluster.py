"""A real Redshift in the stand-in's place, when environment variables name one."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from fintech_accelerator.errors import EnvironmentFailure
from fintech_accelerator.testing.standin.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.testing.standin.statement_log import Statement

PREFIX = "FINTECH_TEST_REDSHIFT_"
HOST = f"{PREFIX}HOST"
NEEDED = (HOST, f"{PREFIX}DATABASE", f"{PREFIX}USER", f"{PREFIX}PASSWORD")


def is_named() -> bool:
    return bool(os.environ.get(HOST))


class RedshiftCluster:
    """Databases on the cluster of $FINTECH_TEST_REDSHIFT_HOST, _PORT, _DATABASE, _USER and _PASSWORD."""

    crashes: tuple[Statement, ...] = ()

    def __init__(self) -> None:
        missing = [name for name in NEEDED if not os.environ.get(name)]
        if missing:
            raise EnvironmentFailure(
                f"a cluster for tests is named only in part: {', '.join(missing)} missing",
                fix=f"set them all, or unset {HOST}",
            )
        self._first = self._database(os.environ[f"{PREFIX}DATABASE"])

    def create_database(self, name: str | None = None) -> Database:
        chosen = name or f"fintech_test_{uuid4().hex[:12]}"
        with self._administration() as cursor:
            cursor.execute(f'create database "{chosen}"')
        return self._database(chosen)

    def drop_database(self, name: str) -> None:
        with self._administration() as cursor:
            cursor.execute(f'drop database "{name}" force')

    def drop_principals(self) -> None:
        """Nothing: users and roles of a real cluster are not ours to drop."""

    @contextmanager
    def _administration(self) -> Iterator[Any]:
        connection = self._first.connect()
        try:
            connection.autocommit = True
            yield connection.cursor()
        finally:
            connection.close()

    @staticmethod
    def _database(name: str) -> Database:
        return Database(
            name=name,
            host=os.environ[HOST],
            port=int(os.environ.get(f"{PREFIX}PORT", "5439")),
            user=os.environ[f"{PREFIX}USER"],
            password=os.environ[f"{PREFIX}PASSWORD"],
            sslmode="verify-full",
        )
