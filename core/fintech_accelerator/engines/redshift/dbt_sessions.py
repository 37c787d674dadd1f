"""dbt's sessions are opened like the product's own: one login, one time-out, one query group."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.redshift.connection import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.engines.redshift.login import Login


@contextmanager
def dbt_sessions(login: Login) -> Iterator[None]:
    """Within the block, dbt connects with `login`, whatever its profile says.

    So no password is in a file, in the environment or within reach of a pack's templates. dbt's profile has
    no time-out of statements, and another query group in it would make dbt parse everything anew.
    """
    from dbt.adapters.redshift.connections import RedshiftConnectionManager
    from dbt.adapters.redshift.impl import RedshiftAdapter

    class Sessions(RedshiftConnectionManager):  # type: ignore[misc]  # dbt has no types for mypy
        """Where dbt retries to connect."""

        @classmethod
        def retry_connection(cls, connection: Any, connect: Any, **how: Any) -> Any:  # noqa: ARG003
            return super().retry_connection(connection, lambda: opened(login), **how)

    before = RedshiftAdapter.ConnectionManager
    RedshiftAdapter.ConnectionManager = Sessions
    try:
        yield
    finally:
        RedshiftAdapter.ConnectionManager = before
