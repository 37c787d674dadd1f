"""How a source's columns become a table's: read from fintech.toml and held against the contract."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fintech_accelerator.contract import Requirement
from fintech_accelerator.errors import SettingsError, nearest
from fintech_accelerator.ingest.expressions import Expression, read_expression, read_query, unknown_column
from fintech_accelerator.ingest.formats import FormatOptions, read_format
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fintech_accelerator.contract import Contract, Table
    from fintech_accelerator.settings import Settings, Source

LOADER_VERSION = 1  # raised when the same content under the same mapping would come out otherwise

MappingKind = Literal["columns", "query", "query and columns", "same names"]


@dataclass(frozen=True)
class SourceMapping:
    """One `[[sources.<table>]]`, checked as far as it can be without its files."""

    table: Table
    index: int  # its place among the table's sources, from 0
    source: Source
    columns: Mapping[str, Expression] | None
    query: str | None
    options: FormatOptions

    @property
    def where(self) -> str:
        """How messages name it."""
        return f"fintech.toml: sources.{self.table.name}[{self.index}]"

    @property
    def name(self) -> str:
        """What reports call it."""
        return f"{self.table.name}[{self.index}]"

    @property
    def kind(self) -> MappingKind:
        if self.query is None:
            return "columns" if self.columns is not None else "same names"
        return "query" if self.columns is None else "query and columns"

    @property
    def is_joined(self) -> bool:
        """Whether all its files are read together: a query over several of them."""
        return len(self.source.files) > 1

    @property
    def assumed(self) -> Mapping[str, str]:
        """The columns that are the same for every row, with their expression."""
        return {
            name: expression.text
            for name, expression in (self.columns or {}).items()
            if expression.is_constant
        }


def read_mappings(settings: Settings, contract: Contract) -> tuple[SourceMapping, ...]:
    """Every source of fintech.toml, in its order. Raises SettingsError and UnknownNameError."""
    return tuple(
        _read_mapping(contract, name, index, source)
        for name, sources in settings.sources.items()
        for index, source in enumerate(sources)
    )


def _read_mapping(contract: Contract, name: str, index: int, source: Source) -> SourceMapping:
    where = f"fintech.toml: sources.{name}[{index}]"
    table = contract.table(name)
    if not table.is_loadable:
        raise SettingsError(
            f"{where}: {name!r} is computed, no source can bring it",
            fix=f"map the rows to {name.removesuffix('_history')!r} instead",
        )
    if not source.files:
        raise SettingsError(f"{where}: files names no file", fix='write files = { rows = "landing/*.csv" }')
    for alias in source.files:
        if not alias.isidentifier() or not alias.isascii():
            raise SettingsError(
                f"{where}: {alias!r} is no name for files", fix="use letters, digits and underscores"
            )
    columns = None
    if source.columns is not None:
        columns = {
            column: _read_column(table, column, text, where) for column, text in source.columns.items()
        }
        _require_always(table, columns, where)
    query = None
    if source.query is not None:
        query = read_query(source.query, frozenset(source.files), f"{where}.query")
    elif len(source.files) > 1:
        raise SettingsError(
            f"{where}: files names {len(source.files)} ({', '.join(source.files)}) but there is no query",
            fix="say in `query` how they are joined, or make each a source of its own",
        )
    return SourceMapping(table, index, source, columns, query, read_format(source.format, where=where))


def _read_column(table: Table, column: str, text: str, where: str) -> Expression:
    names = [each.name for each in table.loadable]
    if not table.has(column):
        close = nearest(column, names)
        listed = "" if close else f" (columns: {', '.join(names)})"
        raise SettingsError(
            f"{where}.columns: {table.name!r} has no column {column!r}{listed}",
            fix=f"did you mean {close!r}?" if close else "use one of the columns listed",
        )
    if table.column(column).derived:
        raise SettingsError(
            f"{where}.columns: {column!r} of {table.name!r} is computed in core, no source can map it",
            fix="remove it from the mapping",
        )
    return read_expression(text, f"{where}.columns.{column}")


def _require_always(table: Table, columns: Iterable[str], where: str) -> None:
    mapped = set(columns)
    missing = [
        column.name
        for column in table.loadable
        if column.requirement is Requirement.ALWAYS and column.name not in mapped
    ]
    if missing:
        raise SettingsError(
            f"{where}: {table.name!r} needs {', '.join(missing)}, which the source does not map",
            fix=f"map {missing[0]!r} to a column of the file, or to a constant such as \"'...'\"",
        )


def resolve(
    mapping: SourceMapping, given: Iterable[str], name: str, expected: Iterable[str] | None = None
) -> dict[str, Expression]:
    """The expression of each mapped column, for a file (or query result) with the columns `given`.

    Raises SourceError, beginning with the file's `name`, for a column that is not there. `expected` are the
    columns of the source's first file: where the mapping is by name, they must all be there.
    """
    names = list(given)
    real = {each.lower(): each for each in names}
    where = f"{name} (for {mapping.table.name})"
    if mapping.columns is None:
        wanted = {each.lower() for each in (names if expected is None else expected)}
        columns = {
            column.name: _plain_column(column.name)
            for column in mapping.table.loadable
            if column.name in wanted
        }
        needed = [c.name for c in mapping.table.loadable if c.requirement is Requirement.ALWAYS]
        for column in (*columns, *needed):
            if column not in real:
                raise unknown_column(where, column, column, names, is_query=mapping.query is not None)
        return columns
    for column, expression in mapping.columns.items():
        for used in expression.columns:
            if used.lower() not in real:
                raise unknown_column(where, column, used, names, is_query=mapping.query is not None)
    return dict(mapping.columns)


def _plain_column(name: str) -> Expression:
    return Expression(quoted(name), (name,), is_plain_column=True)


def unit_id(
    mapping: SourceMapping, columns: Mapping[str, Expression], files: Iterable[tuple[str, ...]]
) -> str:
    """What identifies content under a mapping: alias, hash and way of reading of its files, and the rest."""
    facts = {
        "loader": LOADER_VERSION,
        "table": mapping.table.name,
        "contract": mapping.table.content_hash,
        "columns": {name: expression.text for name, expression in sorted(columns.items())},
        "query": mapping.query,
        "format": mapping.source.format,
        "files": sorted(files),
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
