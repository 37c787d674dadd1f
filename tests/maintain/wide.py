"""What is done by hand in a database of the stand-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin import Database


def do(database: Database, *statements: str) -> None:
    """Run statements, each by itself: some cannot be in a transaction."""
    connection = database.connect()
    connection.autocommit = True
    for statement in statements:
        connection.cursor().execute(statement)
    connection.close()
