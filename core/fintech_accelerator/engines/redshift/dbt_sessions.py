"""What dbt does with the warehouse: in sessions opened like the product's own, or not at all."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.redshift.connection import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from fintech_accelerator.engines.engine import Place
    from fintech_accelerator.engines.redshift.login import Login


@contextmanager
def dbt_sessions(login: Login) -> Iterator[None]:
    """Within the block, dbt connects with `login`, whatever its profile says.

    So no password is in a file, in the environment or within reach of a pack's templates. dbt's profile has
    no time-out of statements, and another query group in it would make dbt parse everything anew.
    """
    with _connecting(lambda: opened(login)):
        yield


@contextmanager
def nobody_asked(relations: Collection[Place]) -> Iterator[None]:
    """Within the block, dbt reaches no warehouse: it is told that `relations` exist, and nothing else."""
    from dbt.adapters.exceptions import FailedToConnectError
    from dbt.adapters.redshift.impl import RedshiftAdapter

    def refuse() -> None:
        raise FailedToConnectError("what is only parsed or compiled may not ask the warehouse")

    def listed(adapter: Any, place: Any) -> list[Any]:
        there = sorted(name for schema, name in relations if schema == place.schema)
        kinds = adapter.Relation.create
        return [kinds(place.database, place.schema, name, type="table") for name in there]

    RedshiftAdapter.list_relations_without_caching = listed
    try:
        with _connecting(refuse):
            yield
    finally:
        del RedshiftAdapter.list_relations_without_caching  # the one that it inherits


@contextmanager
def _connecting(way: Callable[[], Any]) -> Iterator[None]:
    from dbt.adapters.redshift.connections import RedshiftConnectionManager
    from dbt.adapters.redshift.impl import RedshiftAdapter

    class Sessions(RedshiftConnectionManager):  # type: ignore[misc]  # dbt has no types for mypy
        """Where dbt retries to connect."""

        @classmethod
        def retry_connection(cls, connection: Any, connect: Any, **how: Any) -> Any:  # noqa: ARG003
            return super().retry_connection(connection, way, **how)

    before = RedshiftAdapter.ConnectionManager
    RedshiftAdapter.ConnectionManager = Sessions
    try:
        yield
    finally:
        RedshiftAdapter.ConnectionManager = before
