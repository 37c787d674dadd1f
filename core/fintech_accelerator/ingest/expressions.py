"""The bank's own SQL, parsed, never matched: one pure expression over a row, or one SELECT over its files.

It is the bank's text, so DuckDB's functions are open to it; what reaches files, the environment, the clock,
chance or another relation is not. The reader that runs it has walls of its own (`reader.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from fintech_accelerator.errors import SettingsError, SourceError, nearest
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlglot import exp

LONGEST = 20_000
TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series", "explodinggenerateseries"})
CLOCKS = frozenset(
    {"current_date", "current_timestamp", "current_time", "localtimestamp", "localtime", "current_user"}
    | {"session_user", "rand", "uuid", "now", "today", "getenv", "current_database", "current_schema"}
)


@dataclass(frozen=True)
class Expression:
    """A checked expression: the columns it reads (as written), and its text."""

    text: str
    columns: tuple[str, ...]
    is_plain_column: bool

    @property
    def is_constant(self) -> bool:
        """Whether it says the same of every row: an assumption, not an observation."""
        return not self.columns


@cache
def read_expression(text: str, where: str) -> Expression:
    """Check one mapped column's expression. Raises SettingsError that begins with `where`."""
    from sqlglot import exp

    statement = _one_statement(f"select (\n{text}\n) as mapped", text, where)
    if not isinstance(statement, exp.Select) or len(statement.expressions) != 1 or _has_clauses(statement):
        raise _wrong(where, "it is more than one expression")
    body = statement.expressions[0].this
    body = body.this if isinstance(body, exp.Paren) else body
    if isinstance(body, exp.Tuple):
        raise _wrong(where, f"it is {len(body.expressions)} expressions")
    for kind, what in (
        (exp.Query, "a select"),
        (exp.AggFunc, "an aggregate"),
        (exp.Window, "a window"),
        (exp.Star, "a star"),
        (exp.Columns, "a star"),
        (exp.Alias, "an alias"),
    ):
        found = body.find(kind)
        if found is not None and not (kind is exp.AggFunc and isinstance(found.parent, exp.Filter)):
            raise _wrong(where, f"{what} ({found.sql('duckdb')[:60]}) is no expression over one row")
    for problem in _impure(statement):
        raise _wrong(where, problem)
    columns = tuple(dict.fromkeys(column.name for column in body.find_all(exp.Column)))
    if isinstance(body, exp.Column) and not body.table:  # a column may be called like a word of SQL
        return Expression(quoted(body.name), columns, is_plain_column=True)
    return Expression(text.strip(), columns, is_plain_column=False)


@cache
def read_query(text: str, aliases: frozenset[str], where: str) -> str:
    """Check a source's query: one SELECT over its files' names. Raises SettingsError. Returns it, trimmed."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    statement = _one_statement(text, text, where)
    if not isinstance(statement, exp.Query) or isinstance(statement, exp.Subquery | exp.Table):
        raise _wrong(where, f"it is no select but {type(statement).__name__.upper()}")
    for problem in _impure(statement):
        raise _wrong(where, problem)
    for scope in traverse_scope(statement):
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                _check_table(source, aliases, where)
    return text.strip().rstrip(";")


def unknown_column(
    where: str, column: str, name: str, known: Iterable[str], *, is_query: bool = False
) -> SourceError:
    """The error for a source column that a file does not have."""
    names = list(known)
    close = nearest(name.lower(), [each.lower() for each in names])
    real = next((each for each in names if each.lower() == close), None)
    listed = ", ".join(names) if names else "none"
    constant = f"\"'{name}'\""  # in TOML: the same for every row
    hint = f"correct the mapping, or deliver the column; a constant is written {column} = {constant}"
    if real:
        hint = f"did you mean {real!r}?"
    if len(names) == 1 and (mark := next((mark for mark in ";\t|," if mark in names[0]), None)):
        hint = f"the file seems to be divided by {mark!r}: say format = {{ delimiter = {mark!r} }}"
    place = "the query's result" if is_query else "the file"
    return SourceError(f"{where}: {column} expects a column {name!r}; {place} has: {listed}", fix=hint)


def _one_statement(sql: str, text: str, where: str) -> exp.Expr:
    import sqlglot
    from sqlglot.errors import SqlglotError

    if not text.strip():
        raise _wrong(where, "it is empty")
    if len(text) > LONGEST:
        raise _wrong(where, f"it is longer than {LONGEST:,} characters")
    try:
        statements = [each for each in sqlglot.parse(sql, read="duckdb") if each is not None]
    except (SqlglotError, RecursionError) as cause:
        raise _wrong(where, f"it cannot be parsed ({_first_line(cause)})") from cause
    if len(statements) != 1:
        raise _wrong(where, f"it holds {len(statements)} statements")
    return statements[0]


def _first_line(cause: BaseException) -> str:
    lines = str(cause).splitlines()
    return lines[0] if lines else type(cause).__name__


def _has_clauses(statement: exp.Select) -> bool:
    return any(value for key, value in statement.args.items() if key not in ("expressions", "kind"))


def _check_table(table: exp.Table, aliases: frozenset[str], where: str) -> None:
    from sqlglot import exp

    name = table.this.name if isinstance(table.this, exp.Identifier) else table.this.sql("duckdb")
    if not isinstance(table.this, exp.Identifier):
        function = table.this.name if isinstance(table.this, exp.Anonymous) else table.this.sql_name()
        if function.lower() in TABLE_FUNCTIONS:
            return
        raise _wrong(where, f"it reads {name!r}, which is none of its files ({_listed(aliases)})")
    if table.db or name not in aliases:
        close = nearest(name, aliases)
        hint = f"; did you mean {close!r}?" if close else ""
        raise _wrong(where, f"it reads {table.sql('duckdb')!r}; its files are {_listed(aliases)}{hint}")


def _listed(aliases: frozenset[str]) -> str:
    return ", ".join(sorted(aliases))


def _impure(statement: exp.Expr) -> Iterator[str]:
    from sqlglot import exp

    statements = exp.DDL | exp.DML | exp.Command | exp.Into | exp.Set | exp.Pragma | exp.Attach | exp.Copy
    for node in statement.walk():
        if isinstance(node, statements) and not isinstance(node, exp.Query):
            yield f"it holds {node.key.upper()}, which is no part of an expression"
        elif isinstance(node, exp.Parameter | exp.Placeholder):
            yield f"it holds a parameter ({node.sql('duckdb')})"
        elif isinstance(node, exp.Func):
            name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
            if name in CLOCKS or (isinstance(node, exp.Anonymous) and not _is_pure(name)):
                yield f"the function {name!r} is not known or depends on more than its arguments"


@cache
def _pure_functions() -> frozenset[str]:
    import duckdb

    with duckdb.connect() as connection:
        rows = connection.execute(
            "select lower(function_name) from duckdb_functions()"
            " where function_type in ('scalar', 'aggregate', 'macro')"
            " group by all having bool_and(coalesce(stability, 'CONSISTENT') = 'CONSISTENT')"
            " and not bool_or(coalesce(has_side_effects, false))"
        ).fetchall()
    return frozenset(str(name) for (name,) in rows)


def _is_pure(name: str) -> bool:
    return name in _pure_functions() or name in TABLE_FUNCTIONS


def _wrong(where: str, problem: str) -> SettingsError:
    return SettingsError(
        f"{where}: {problem}",
        fix="write one DuckDB expression (as `query`: one select over the named files) without side effects",
    )
