"""Running what makes access as it should be: all of it, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.engines.redshift.connection import with_patience
from fintech_accelerator.engines.redshift.state import LOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fintech_accelerator.engines.redshift.connection import Connection


def change(
    connect: Callable[[], Connection],
    statements_for: Callable[[Connection], Sequence[str]],
    *,
    then: Callable[[Connection], None],
) -> None:
    """Run the statements found for a session, then `then`, in one transaction, while nobody publishes."""

    def attempt() -> None:
        with connect() as connection, connection.transaction():
            connection.execute(LOCK)
            for statement in statements_for(connection):
                connection.execute(statement)
            then(connection)

    with_patience(attempt)
