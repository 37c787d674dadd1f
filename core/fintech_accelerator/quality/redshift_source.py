"""A Redshift data source for Great Expectations over redshift_connector; for the checking process only.

GX's own takes psycopg2 only, which would be a second driver and a second way for passwords. Statements commit
one by one: else one that fails would abort the transaction that the rules after it share. The columns of a
query are asked for anew: GX 1.24.1 writes its text behind FROM without brackets, which no engine takes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.redshift_execution_engine import (
    ColumnTypes,
    RedshiftExecutionEngine,
)
from great_expectations.expectations.metrics.metric_provider import metric_value

from fintech_accelerator.engines.redshift.connection import opened
from fintech_accelerator.quality.duckdb_source import DATA_SOURCE

if TYPE_CHECKING:
    from fintech_accelerator.engines.redshift.login import Login


# The driver tells a column's type by PostgreSQL's number for it; any other is a text to the rules.
TYPES: dict[int, type[sqlalchemy.types.TypeEngine[Any]]] = {
    16: sqlalchemy.BOOLEAN,
    20: sqlalchemy.BIGINT,
    21: sqlalchemy.SMALLINT,
    23: sqlalchemy.INTEGER,
    700: sqlalchemy.REAL,
    701: sqlalchemy.DOUBLE_PRECISION,
    1082: sqlalchemy.DATE,
    1114: sqlalchemy.TIMESTAMP,
    1700: sqlalchemy.DECIMAL,
}


def _type_of(code: int) -> sqlalchemy.types.TypeEngine[Any]:
    return TYPES.get(code, sqlalchemy.VARCHAR)()


class RedshiftConnectorEngine(RedshiftExecutionEngine):  # type: ignore[misc]  # GX has no types for mypy
    """GX's engine for Redshift, under a name of its own, so that the metric below is its own, too."""


class RedshiftConnectorColumnTypes(ColumnTypes):  # type: ignore[misc]  # GX has no types for mypy
    """The columns of a table or of a query."""

    @metric_value(engine=RedshiftConnectorEngine)  # type: ignore[untyped-decorator]
    def _sqlalchemy(cls, execution_engine: Any, metric_domain_kwargs: dict[str, Any], **_: Any) -> Any:  # noqa: N805
        table, schema = cls._get_table_schema(execution_engine, metric_domain_kwargs)
        if isinstance(table, sqlalchemy.TextClause):
            query = sqlalchemy.text(f"select * from (\n{table.text}\n) as checked limit 0")
            described = execution_engine.execute_query(query).cursor.description
            return [{"name": name, "type": _type_of(code)} for name, code, *_ in described]
        return cls._query_information_schema(execution_engine, table, schema)


class RedshiftConnectorDatasource(SQLDatasource):  # type: ignore[misc]  # GX has no types for mypy
    """`context.data_sources.add_redshift_connector(...)`: GX registers the class by its `type`."""

    type: Literal["redshift_connector"] = "redshift_connector"
    connection_string: str

    @property
    def execution_engine_type(self) -> Any:  # a class; the field above takes the word `type`
        return RedshiftConnectorEngine


def open_redshift_source(context: Any, login: Login) -> Any:
    """Add the warehouse to a GX context, with the run's own login."""
    return context.data_sources.add_redshift_connector(
        name=DATA_SOURCE,
        connection_string="redshift+redshift_connector://",  # the login goes beside it, never into a URL
        kwargs={"creator": partial(opened, login), "isolation_level": "AUTOCOMMIT"},
    )
