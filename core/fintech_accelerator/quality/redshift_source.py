"""A Redshift data source for Great Expectations over redshift_connector; for the checking process only.

GX's own takes psycopg2 only, which would be a second driver and a second way for passwords. Statements commit
one by one: else one that fails would abort the transaction that the rules after it share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.redshift_execution_engine import RedshiftExecutionEngine

from fintech_accelerator.quality.duckdb_source import DATA_SOURCE

if TYPE_CHECKING:
    from fintech_accelerator.engines.redshift.login import Login


class RedshiftConnectorDatasource(SQLDatasource):  # type: ignore[misc]  # GX has no types for mypy
    """`context.data_sources.add_redshift_connector(...)`: GX registers the class by its `type`."""

    type: Literal["redshift_connector"] = "redshift_connector"
    connection_string: str

    @property
    def execution_engine_type(self) -> Any:  # a class; the field above takes the word `type`
        return RedshiftExecutionEngine


def open_redshift_source(context: Any, login: Login) -> Any:
    """Add the warehouse to a GX context, with the run's own login."""
    arguments = {
        "host": login.host,
        "port": login.port,
        "database": login.database,
        "user": login.credentials.user,
        "password": login.credentials.password,
        "ssl": login.sslmode != "disable",
        "sslmode": "verify-full" if login.sslmode == "disable" else login.sslmode,
        "application_name": "fintech-accelerator",
    }
    return context.data_sources.add_redshift_connector(
        name=DATA_SOURCE,
        connection_string="redshift+redshift_connector://",  # the login goes beside it, never into a URL
        kwargs={"connect_args": arguments, "isolation_level": "AUTOCOMMIT"},
    )
