"""Which personal data of the core a compiled model reads, to compare with what the bank approved."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fintech_accelerator.contract.model import PERSONAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlglot.optimizer.scope import Scope


def personal_data_read(sql: str, *, dialect: str = "duckdb") -> frozenset[str]:
    """The columns (table.column) classed P2 or P3 that a query takes out of the core's tables.

    A column without a table's name counts for every table of its step that has one of that name; a star
    counts for all of them.
    """
    import sqlglot
    from sqlglot.optimizer.scope import traverse_scope

    found: set[str] = set()
    if not any(name in sql for _, name in _personal_columns()):  # most models read other models only
        return frozenset()
    for scope in traverse_scope(sqlglot.parse_one(sql, read=dialect)):
        for alias, table, personal in _personal_sources(scope):
            names = _names_read(scope, alias)
            chosen = personal if names is None else personal & names
            found |= {f"{table}.{name}" for name in chosen}
    return frozenset(found)


def _personal_sources(scope: Scope) -> Iterator[tuple[str, str, frozenset[str]]]:
    from sqlglot import exp

    for alias, source in scope.sources.items():
        if isinstance(source, exp.Table) and (source.db, source.name) in _personal_columns():
            yield alias, source.name, _personal_columns()[source.db, source.name]


def _names_read(scope: Scope, alias: str) -> frozenset[str] | None:
    """The columns a step may take from one of its sources; None when it takes all."""
    from sqlglot import exp

    if not isinstance(scope.expression, exp.Select):
        return frozenset()
    for each in scope.expression.expressions:
        is_of_all = isinstance(each, exp.Star)
        is_of_one = isinstance(each, exp.Column) and isinstance(each.this, exp.Star) and each.table == alias
        if is_of_all or is_of_one:
            return None
    return frozenset(column.name for column in scope.columns if column.table in ("", alias))


@cache
def _personal_columns() -> Mapping[tuple[str, str], frozenset[str]]:
    from fintech_accelerator.contract import load_contract

    return {
        (table.schema, table.name): names
        for table in load_contract().tables.values()
        if (names := frozenset(column.name for column in table.columns if column.pii in PERSONAL))
    }
