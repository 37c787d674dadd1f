"""A warehouse to accept: the cluster that the environment names, else the stand-in."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from fintech_accelerator.plugins import installed
from fintech_accelerator.testing.standin.fixtures import redshift_database, redshift_standin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fintech_accelerator.testing.standin import Database

__all__ = ["redshift_database", "redshift_standin"]

LANDING = "FINTECH_TEST_REDSHIFT_LANDING"  # s3://bucket/prefix
COPY_ROLE = "FINTECH_TEST_REDSHIFT_COPY_ROLE"
SERVE = """
create schema serving;
create schema slot_a;
create schema slot_b;
create table slot_a.payments (customer_id varchar(8), region varchar(8), amount decimal(18,2));
create table slot_b.payments (customer_id varchar(8), region varchar(8), amount decimal(18,2));
insert into slot_a.payments values ('c1', 'north', 10), ('c2', 'south', 20);
insert into slot_b.payments values ('c1', 'north', 11), ('c2', 'south', 22), ('c3', 'north', 33);
create view serving.payments as
select customer_id, region, amount from slot_a.payments with no schema binding
"""


@dataclass(frozen=True)
class Session:
    """A connection that commits each statement, and reads rows as tuples."""

    connection: Any

    def do(self, sql: str) -> None:
        """Run statements one by one."""
        cursor = self.connection.cursor()
        for statement in filter(str.strip, sql.split(";")):
            cursor.execute(statement)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        cursor = self.connection.cursor()
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Principal:
    """A user, or a role, made for one test."""

    name: str
    password: str = "Accept-2026x"  # noqa: S105  (of a user that lives as long as a test)


@dataclass(frozen=True)
class Landing:
    """Where objects for COPY are put."""

    put: Callable[[Path, str], str]
    uri: str
    authorised: str


@pytest.fixture
def administrator(redshift_database: Database) -> Iterator[Session]:
    """The owner of a served view over two slots."""
    with closing(redshift_database.connect()) as connection:
        connection.autocommit = True
        session = Session(connection)
        session.do(SERVE)
        yield session


@pytest.fixture
def principals(administrator: Session, redshift_database: Database) -> Iterator[Callable[[str], Principal]]:
    """Makes users and roles whose names nobody else has; a cluster keeps them unless they are dropped."""
    made: list[tuple[str, str]] = []

    def make(kind: str) -> Principal:
        principal = Principal(f"fintech_accept_{uuid4().hex[:10]}")
        password = f" password '{principal.password}'" if kind == "user" else ""
        administrator.do(f"create {kind} {principal.name}{password}")
        made.append((kind, principal.name))
        return principal

    yield make
    if not redshift_database.is_standin:
        administrator.do(
            "drop schema serving cascade; drop schema slot_a cascade; drop schema slot_b cascade"
        )
        for kind, name in reversed(made):
            administrator.do(f"drop {kind} {name}{' force' if kind == 'role' else ''}")


@pytest.fixture
def reading_as(redshift_database: Database) -> Callable[[Principal, str], list[tuple[Any, ...]]]:
    """Runs a query in a session of its own, logged in as somebody."""

    def read(user: Principal, query: str) -> list[tuple[Any, ...]]:
        with closing(redshift_database.connect(user=user.name, password=user.password)) as connection:
            return Session(connection).rows(query)

    return read


@pytest.fixture
def landing(redshift_database: Database) -> Landing:
    """A folder that acts as a bucket beside the stand-in; for a cluster, the bucket that is named."""
    if redshift_database.is_standin:
        folder = redshift_database.bucket("acceptance")

        def put(path: Path, name: str) -> str:
            place = folder / name
            place.write_bytes(path.read_bytes())
            return f"s3://acceptance/{name}"

        return Landing(put, "s3://acceptance", "iam_role 'arn:aws:iam::123456789012:role/loader'")
    if missing := [name for name in (LANDING, COPY_ROLE) if not os.environ.get(name)]:
        pytest.skip(f"COPY and UNLOAD are not tried: {' and '.join(missing)} not set")
    uri = f"{os.environ[LANDING].rstrip('/')}/{uuid4().hex[:10]}"
    store = installed().object_stores()["s3"].open(uri, {"region": None, "kms_key": None})
    return Landing(store.put, uri, f"iam_role '{os.environ[COPY_ROLE]}'")
