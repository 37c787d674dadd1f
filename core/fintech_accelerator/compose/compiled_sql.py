"""Whether a compiled model is one pure query over relations it may read. What does not parse is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot import exp

TABLE_FUNCTIONS = frozenset(
    {"unnest", "range", "generate_series", "explodinggenerateseries", "generatedatearray"}
)
REFUSED_FUNCTIONS = frozenset(
    {"getenv", "current_setting", "set_config", "getvariable", "nextval", "currval", "write_log", "query"}
    | {"query_table", "sql_auto_complete", "read_text", "read_blob", "read_csv", "read_parquet", "read_json"}
    | {"glob", "sniff_csv", "parse_path", "which_secret", "current_user", "current_database", "version"}
    | {"now", "random", "uuid", "gen_random_uuid", "today", "get_current_time", "get_current_timestamp"}
    | {"currentdate", "currenttimestamp", "currenttime", "currentuser", "rand", "pg_sleep", "sleep"}
    | {"current_date", "current_timestamp", "current_time", "localtimestamp", "transaction_timestamp"}
)


def check_query(sql: str, readable: frozenset[tuple[str, str]], *, dialect: str = "duckdb") -> str | None:
    """The first thing wrong with a compiled model, or None."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        statements = [each for each in sqlglot.parse(sql, read=dialect) if each is not None]
        wrapped = sqlglot.parse(f"create table checked as (\n{sql}\n)", read=dialect)
    except (SqlglotError, RecursionError) as cause:
        return f"its compiled SQL does not parse: {str(cause).splitlines()[0]}"
    if len(statements) != 1 or len([each for each in wrapped if each is not None]) != 1:
        return "it is more than one statement"
    query = statements[0]
    if not isinstance(query, exp.Query):
        return f"it is no query but {query.key.upper()}"
    for problem in (*_impure(query), *_unreadable(query, readable), *_functions(query)):
        return problem
    return None


def _impure(query: exp.Query) -> Iterator[str]:
    from sqlglot import exp

    for node in query.walk():
        if isinstance(node, exp.DML | exp.DDL) and not isinstance(node, exp.Query):
            yield f"it holds {node.key.upper()} inside the query"
        elif isinstance(
            node, exp.Command | exp.Into | exp.Set | exp.Pragma | exp.Attach | exp.Copy | exp.Use | exp.Lock
        ):
            yield f"it holds {node.key.upper()}, which is no part of a query"


def _unreadable(query: exp.Query, readable: frozenset[tuple[str, str]]) -> Iterator[str]:
    from sqlglot import exp

    for table in query.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            name = table.this.name if isinstance(table.this, exp.Anonymous) else table.this.sql_name()
            if name.lower() not in TABLE_FUNCTIONS:
                yield f"it calls the table function {name!r}"
        elif table.db:
            if (table.db, table.name) not in readable:
                yield f"it reads {table.db}.{table.name}, which it does not declare by ref"
        elif not _is_step(table):
            yield f"it reads {table.name!r}, which is neither a ref nor one of its own steps"


def _is_step(table: exp.Table) -> bool:
    """Whether an unqualified name is a CTE of the query around it or of one further out."""
    place = table.parent
    while place is not None:
        clause = place.args.get("with_") or place.args.get("with")
        if clause is not None and any(step.alias == table.name for step in clause.expressions):
            return True
        place = place.parent
    return False


def _functions(query: exp.Query) -> Iterator[str]:
    from sqlglot import exp

    for function in query.find_all(exp.Func):
        name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
        if name.lower() in REFUSED_FUNCTIONS or function.key in REFUSED_FUNCTIONS:
            yield f"it calls the function {name.lower()!r}"
