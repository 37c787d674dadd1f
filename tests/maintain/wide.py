"""A project's Redshift target on the stand-in, and what is done there by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin import Database, RedshiftStandin

TARGET = """
[targets.wide]
engine = "redshift"
host = "{host}"
port = {port}
database = "{database}"
authentication = "password"
user = "{user}"
sslmode = "disable"
landing = "s3://bank-landing/fintech"
buckets_folder = "{buckets}"
memory_limit = "1GB"
"""
MARTS = """
select table_schema, table_name
from information_schema.tables
where table_schema in ('tidy', 'tidy_restricted') and table_name <> 'tidy__publication'
"""


def target_of(standin: RedshiftStandin, database: Database) -> str:
    """What fintech.toml says of a database of the stand-in."""
    return TARGET.format(
        host=database.host,
        port=database.port,
        database=database.name,
        user=database.user,
        buckets=standin.buckets,
    )


def query(database: Database, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    connection = database.connect()
    cursor = connection.cursor()
    cursor.execute(sql)
    rows = [tuple(row) for row in cursor.fetchall()]
    connection.close()
    return rows


def do(database: Database, *statements: str) -> None:
    """Run statements, each by itself."""
    connection = database.connect()
    connection.autocommit = True
    for statement in statements:
        connection.cursor().execute(statement)
    connection.close()


def served(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """What readers of the serving schema see, row by row, but for the batch that brought a row."""
    found = {}
    for schema, name in query(database, MARTS):
        columns = query(
            database,
            "select column_name from pg_get_late_binding_view_cols() as columns (view_schema name,"
            " view_name name, column_name name, column_type varchar, place int)"
            f" where view_schema = '{schema}' and view_name = '{name}' order by place",
        )
        names = ", ".join(f'"{column}"' for (column,) in columns if column != "source_batch_id")
        found[str(name)] = sorted(query(database, f"select {names} from {schema}.{name}"))
    return found
