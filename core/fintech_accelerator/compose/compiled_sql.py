"""Whether a compiled model is one pure query over relations it may read. What does not parse is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.compose.functions import is_allowed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot import exp

    Found = tuple[exp.Expr, str]


@dataclass(frozen=True)
class QueryProblem:
    """What is wrong with a compiled model, and on which line of the compiled SQL, where that is known."""

    text: str
    line: int | None = None


def check_query(
    sql: str, readable: frozenset[tuple[str, str]], *, dialect: str = "duckdb"
) -> QueryProblem | None:
    """The first thing wrong with a compiled model, or None."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        statements = [each for each in sqlglot.parse(sql, read=dialect) if each is not None]
        wrapped = sqlglot.parse(f"create table checked as (\n{sql}\n)", read=dialect)
    except (SqlglotError, RecursionError) as cause:
        return _unparsable(cause)
    if len(statements) != 1 or len([each for each in wrapped if each is not None]) != 1:
        return QueryProblem("it is more than one statement", _line(statements[-1]) if statements else None)
    query = statements[0]
    if not isinstance(query, exp.Query):
        return QueryProblem(f"it is no query but {query.key.upper()}", _line(query))
    for node, text in (*_impure(query), *_unreadable(query, readable), *_functions(query, dialect)):
        return QueryProblem(text, _line(node))
    return None


def _unparsable(cause: Exception) -> QueryProblem:
    details: dict[str, Any] = next(iter(getattr(cause, "errors", None) or ()), {})
    reason = details.get("description") or str(cause).partition("\n")[0]
    return QueryProblem(
        f"its SQL does not parse: {reason.partition('<Token')[0].strip()}", details.get("line")
    )


def _line(node: exp.Expr) -> int | None:
    """The line where a part of the query stands: sqlglot knows it of names and literals."""
    return next((each.meta["line"] for each in node.walk() if "line" in each.meta), None)


def _impure(query: exp.Query) -> Iterator[Found]:
    from sqlglot import exp

    for node in query.walk():
        if isinstance(node, exp.DML | exp.DDL) and not isinstance(node, exp.Query):
            yield node, f"it holds {node.key.upper()} inside the query"
        elif isinstance(
            node, exp.Command | exp.Into | exp.Set | exp.Pragma | exp.Attach | exp.Copy | exp.Use | exp.Lock
        ):
            yield node, f"it holds {node.key.upper()}, which is no part of a query"


def _unreadable(query: exp.Query, readable: frozenset[tuple[str, str]]) -> Iterator[Found]:
    from sqlglot import exp

    for table in query.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            name = table.this.name if isinstance(table.this, exp.Anonymous) else table.this.sql_name()
            yield table, f"it calls the table function {name.lower()!r}"
        elif table.db:
            if (table.db, table.name) not in readable:
                yield table, f"it reads {table.db}.{table.name}, which it does not declare by ref"
        elif not _is_step(table):
            yield table, f"it reads {table.name!r}, which is neither a ref nor one of its own steps"


def _is_step(table: exp.Table) -> bool:
    """Whether an unqualified name is a CTE of the query around it or of one further out."""
    place = table.parent
    while place is not None:
        clause = place.args.get("with_") or place.args.get("with")
        if clause is not None and any(step.alias == table.name for step in clause.expressions):
            return True
        place = place.parent
    return False


def _functions(query: exp.Query, dialect: str) -> Iterator[Found]:
    from sqlglot import exp

    for function in query.find_all(exp.Func):
        if not is_allowed(function, dialect=dialect):
            yield function, f"it calls the function {_written(function)!r}, which packs may not use"
        elif isinstance(function.parent, exp.Dot):  # of a schema, so not the function that the list means
            yield function, f"it calls {function.parent.sql()!r}, a function of a schema"


def _written(function: exp.Func) -> str:
    from sqlglot import exp

    return (function.name if isinstance(function, exp.Anonymous) else function.sql_name()).lower()
