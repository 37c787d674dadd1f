"""The small bank with a target on the stand-in (or a cluster) beside DuckDB, and what readers of each see."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from tests.pipeline.small_bank import BATCH, SmallBank, fresh_bank

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.testing.standin import Database

TARGET = """
[targets.{name}]
engine = "redshift"
host = "{host}"
port = {port}
database = "{database}"
authentication = "password"
user = "{user}"
memory_limit = "1GB"
"""
ON_THE_STANDIN = """sslmode = "disable"
landing = "s3://bank-landing/fintech"
buckets_folder = "{buckets}"
"""
ON_A_CLUSTER = """landing = "{landing}/{database}"
copy_role = "{copy_role}"
"""
LANDING = "FINTECH_TEST_REDSHIFT_LANDING"  # s3://bucket/prefix
COPY_ROLE = "FINTECH_TEST_REDSHIFT_COPY_ROLE"
# What docs/redshift.md asks for before the first run, and no more.
ORDINARY = (
    "create user {user} password {password}",
    "grant create, temporary on database {database} to {user}",
    "grant role sys:secadmin to {user}",
)
MARTS = """
select table_schema, table_name
from information_schema.tables
where table_schema in ('tidy', 'tidy_restricted') and table_name <> 'tidy__publication'
"""


def let_in(database: Database, patch: pytest.MonkeyPatch, *, also_a_cluster: bool = False) -> None:
    """Give the product the password of the database. A cluster is skipped, or needs a bucket to copy from."""
    if not database.is_standin:
        if not also_a_cluster:
            pytest.skip("it looks into folders that act as buckets, or into PostgreSQL's own catalogue")
        if missing := [name for name in (LANDING, COPY_ROLE) if not os.environ.get(name)]:
            pytest.skip(f"a cluster copies from a bucket: {' and '.join(missing)} not set")
    patch.setenv("FINTECH_REDSHIFT_PASSWORD", database.password)


def password_of(database: Database) -> str:
    """As SQL, the password of users that a test makes; the stand-in lets them in without one."""
    return "disable" if database.is_standin else f"'{database.password}'"


def ordinary_login(database: Database) -> str:
    """A user such as a bank makes for the product: no superuser, owner of what it makes."""
    user = f"deploy_{database.name}"
    with closing(database.connect()) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        for statement in ORDINARY:
            cursor.execute(
                statement.format(user=user, database=database.name, password=password_of(database))
            )
        if not database.is_standin:
            cursor.execute(f"grant assumerole on '{os.environ[COPY_ROLE]}' to {user} for copy")
    return user


def target_entry(database: Database, buckets: Path, *, name: str = "wide", user: str | None = None) -> str:
    """What fintech.toml says of the database."""
    facts = {
        "name": name,
        "host": database.host,
        "port": database.port,
        "database": database.name,
        "user": user or database.user,
        "buckets": buckets,
        "landing": os.environ.get(LANDING),
        "copy_role": os.environ.get(COPY_ROLE),
    }
    return (TARGET + (ON_THE_STANDIN if database.is_standin else ON_A_CLUSTER)).format(**facts)


def wide_bank(root: Path, database: Database, buckets: Path) -> SmallBank:
    """The bank, whose runs log in as an ordinary user; nothing has run."""
    bank = fresh_bank(root)
    with (bank.root / "fintech.toml").open("a", encoding="utf-8") as file:
        file.write(target_entry(database, buckets, user=ordinary_login(database)))
    return bank


def served(database: Database, *, with_batch: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """What readers of the serving schema see, row by row."""
    connection = database.connect()
    cursor = connection.cursor()
    cursor.execute(MARTS)
    found = {}
    for schema, name in sorted(map(tuple, cursor.fetchall())):
        cursor.execute(f"select * from {schema}.{name}")
        kept = [place for place, column in enumerate(cursor.description) if with_batch or column[0] != BATCH]
        found[str(name)] = sorted(tuple(row[place] for place in kept) for row in cursor.fetchall())
    connection.close()
    return found


def on_duckdb(bank: SmallBank, *, with_batch: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """What readers of the publications see."""
    return {name: sorted(rows) for name, rows in bank.marts(with_batch=with_batch).items()}
