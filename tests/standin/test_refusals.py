"""The list of what is not portable holds on the stand-in: each is refused, and what is portable runs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redshift_connector
import yaml

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin import Database

LISTS = Path(__file__).parents[1] / "portability"
# A statement of the list may read tables that are not here; whether it is understood shows all the same.
ABSENT = {"42P01", "3F000", "42703", "42704"}


def listed(name: str) -> list[str]:
    """The statements of a list: plain, or under `sql` beside what else is known of them."""
    entries: Any = yaml.safe_load((LISTS / name).read_text(encoding="utf-8"))
    if isinstance(entries, dict):
        (entries,) = [value for value in entries.values() if isinstance(value, list)]
    return [str(entry["sql"] if isinstance(entry, dict) else entry) for entry in entries]


def failure(database: Database, statement: str) -> str | None:
    """The SQLSTATE with which it ends, or None."""
    with closing(database.connect()) as connection:
        try:
            connection.cursor().execute(statement)
        except redshift_connector.Error as error:
            return str(error.args[0]["C"])
    return None


def test_every_statement_that_is_not_portable_is_refused(redshift_database: Database) -> None:
    statements = listed("non_portable.yml")

    assert len(statements) >= 60
    assert [each for each in statements if failure(redshift_database, each) in {None, *ABSENT}] == []


def test_every_portable_statement_is_understood(redshift_database: Database) -> None:
    statements = listed("portable.yml")

    assert len(statements) >= 60
    failed = {each: failure(redshift_database, each) for each in statements}
    assert {each: code for each, code in failed.items() if code not in {None, *ABSENT}} == {}
