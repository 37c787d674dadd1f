"""A DuckDB data source for Great Expectations, which has none. Only the checking process imports this.

Three things differ from a plain SQL source, each because of a fact about GX 1.24.1 (pinned; tested):
GX reads rows after it closed the connection, which empties DuckDB's result; a failed statement aborts the
transaction that later rules share; and regular expressions are refused for dialects GX does not know.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import sqlalchemy

DATA_SOURCE = "warehouse"


class _DialectModule:
    """What GX asks for a dialect's features: with this attribute it emits REGEXP_MATCHES(column, regex)."""

    DremioDialect = object()


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):  # type: ignore[misc]  # GX has no types for mypy
    """GX's SQL engine on one connection that stays open until `close`."""

    _connection: sqlalchemy.Connection | None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.dialect_module = _DialectModule

    @contextmanager
    def get_connection(self) -> Iterator[sqlalchemy.Connection]:
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection

    def execute_query(self, query: Any) -> Any:
        with self.get_connection() as connection:
            try:
                return self._execute_query_with_recovery(connection, query)
            except Exception:
                connection.rollback()
                raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._inspector = None
        super().close()


class DuckDBDatasource(SQLDatasource):  # type: ignore[misc]  # GX has no types for mypy
    """`context.data_sources.add_duckdb(...)`: GX registers the class by its `type`."""

    type: Literal["duckdb"] = "duckdb"
    connection_string: str

    @property
    def execution_engine_type(self) -> Any:  # a class; the field above takes the word `type`
        return DuckDBExecutionEngine


def open_source(context: Any, warehouse: Path, config: Mapping[str, Any]) -> Any:
    """Add the warehouse to a GX context, opened read-only under the given DuckDB configuration."""
    arguments = {"database": str(warehouse), "read_only": True, "config": dict(config)}
    return context.data_sources.add_duckdb(
        name=DATA_SOURCE,
        connection_string="duckdb://",  # the path goes beside it: a URL would read ? and % in it
        kwargs={"connect_args": arguments},
    )


def release(source: Any) -> None:
    """Close everything a source holds, so that another process may open the file for writing."""
    engine = source.get_execution_engine()
    engine.close()
    engine.engine.dispose()
    source.get_engine().dispose()
