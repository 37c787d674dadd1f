"""Sessions of the product on a database of the stand-in, and what a test waits for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.redshift.connection import Connection
from fintech_accelerator.engines.redshift.lease import Holder
from fintech_accelerator.engines.redshift.login import Login
from fintech_accelerator.ports import Credentials
from fintech_accelerator.settings.redshift import RedshiftTarget

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.engines.redshift.engine import RedshiftEngine
    from fintech_accelerator.testing.standin import Database


def holder(run_id: str, project: str = "one") -> Holder:
    """Who works as this run."""
    return Holder(run_id, f"fintech:{run_id}", "fintech run", project)


def connecting(database: Database, label: str = "fintech") -> Callable[[], Connection]:
    """What opens sessions of a run."""
    return partial(Connection, login_of(database, label))


def login_of(database: Database, label: str = "fintech") -> Login:
    """The administrator's login."""
    return Login(
        database.host,
        database.port,
        database.name,
        Credentials(database.user, database.password),
        sslmode=database.sslmode,
        query_group=label,
    )


def ask(database: Database, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query, asked in a session of its own."""
    with connecting(database)() as connection:
        return connection.rows(sql)


def tell(database: Database, sql: str) -> None:
    """Run a statement in a session of its own."""
    with connecting(database)() as connection:
        connection.execute(sql)


def wait_for(database: Database, sql: str, *, seconds: float = 30) -> Any:
    """The one value of a query, as soon as it is neither 0 nor nothing."""
    deadline = time.monotonic() + seconds
    with connecting(database)() as connection:
        while not (found := connection.value(sql)):
            assert time.monotonic() < deadline, sql
            time.sleep(0.05)
    return found


@dataclass
class Fragile:
    """Opens sessions; the first is ended from outside before or after its first statement that begins so."""

    database: Database
    place: str
    is_after: bool = False
    opened: int = 0

    def __call__(self) -> Connection:
        self.opened += 1
        return Connection(login_of(self.database)) if self.opened > 1 else _Ending(self)


class _Ending(Connection):
    def __init__(self, fragile: Fragile) -> None:
        super().__init__(login_of(fragile.database))
        self._fragile = fragile
        self._number = self.value("select pg_backend_pid()")

    def execute(self, sql: str, values: Any = ()) -> Any:
        if not hasattr(self, "_number") or not sql.startswith(self._fragile.place):
            return super().execute(sql, values)
        if self._fragile.is_after:
            super().execute(sql, values)
        ask(self._fragile.database, f"select pg_terminate_backend({self._number})")
        return super().execute("select 1" if self._fragile.is_after else sql, values)


def target_of(database: Database, **settings: Any) -> RedshiftTarget:
    """The database as a target, for the administrator, whose password the environment has."""
    return RedshiftTarget.model_validate(
        {
            "engine": "redshift",
            "host": database.host,
            "port": database.port,
            "database": database.name,
            "authentication": "password",
            "user": database.user,
            "sslmode": database.sslmode,
            "landing": "s3://not-used",
            **settings,
        }
    )


def opened_by_dbt(engine: RedshiftEngine) -> Any:
    """A session as dbt opens it, from the profile."""
    from dbt.adapters.contracts.connection import Connection as DbtConnection
    from dbt.adapters.redshift.connections import RedshiftCredentials
    from dbt.adapters.redshift.impl import RedshiftAdapter

    profile = engine.outputs(temporary=Path(), scratch=Path())["a"]
    credentials = RedshiftCredentials.from_dict(RedshiftCredentials.translate_aliases(profile))
    return RedshiftAdapter.ConnectionManager.open(DbtConnection("redshift", "test", credentials)).handle
