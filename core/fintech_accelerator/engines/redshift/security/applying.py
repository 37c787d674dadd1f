"""Running what makes access as it should be: all of it, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.engines.redshift.connection import with_patience
from fintech_accelerator.engines.redshift.state import LOCK
from fintech_accelerator.engines.redshift.tables import is_prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fintech_accelerator.engines.redshift.connection import Connection


def change(
    connect: Callable[[], Connection], statements_for: Callable[[Connection], Sequence[str]]
) -> tuple[str, ...]:
    """Run the statements found for a session in one transaction, while nobody publishes; returns them."""

    def attempt() -> tuple[str, ...]:
        with connect() as connection, connection.transaction():
            if is_prepared(connection):
                connection.execute(LOCK)
            found = tuple(statements_for(connection))
            for statement in found:
                connection.execute(statement)
        return found

    return with_patience(attempt)
