"""A unit made ready, away from the warehouse: its rows staged, mapped, typed and judged by the contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from fintech_accelerator.errors import SourceError
from fintech_accelerator.ingest.expressions import unknown_column
from fintech_accelerator.ingest.formats import format_of
from fintech_accelerator.ingest.judging import judge
from fintech_accelerator.ingest.mapping import resolve
from fintech_accelerator.ingest.reader import ROW_NUMBER, Reader, refusal
from fintech_accelerator.ingest.rules import MappedColumn
from fintech_accelerator.ingest.staging import StagedFile, described, numbered, stage
from fintech_accelerator.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fintech_accelerator.ingest.expressions import Expression
    from fintech_accelerator.ingest.judging import Judged
    from fintech_accelerator.ingest.mapping import SourceMapping


@dataclass(frozen=True)
class UnitFile:
    """One file of a unit, wherever it lies."""

    alias: str
    name: str
    sha256: str
    path: Path


@dataclass(frozen=True)
class Unit:
    """What is loaded together: one file, or all the files of a query over several, under a mapping."""

    mapping: SourceMapping
    files: tuple[UnitFile, ...]
    expected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # alias -> its first file's columns

    @property
    def name(self) -> str:
        return ", ".join(file.name for file in self.files)


@dataclass(frozen=True)
class PreparedUnit:
    """A unit whose rows are known to be readable: `relation` and `columns` give the typed rows."""

    unit: Unit
    relation: str
    columns: Mapping[str, MappedColumn]
    judged: Judged
    notes: tuple[str, ...]


def prepare(reader: Reader, unit: Unit, unit_id: str, quarantined_at: str) -> PreparedUnit:
    """Read and judge a unit. Raises SourceError when it is refused whole, EnvironmentFailure otherwise."""
    try:
        staged = {
            file: stage(reader, file.path, file.name, format_of(file.name, unit.mapping.options))
            for file in unit.files
        }
        notes = tuple(_added_columns(unit, staged))
        if unit.mapping.query is None:
            relation, names = _only(staged).relation, _only(staged).names
        else:
            relation, names = _queried(reader, unit, staged)
        expected = None if unit.mapping.query is not None else unit.expected.get(unit.files[0].alias)
        expressions = resolve(unit.mapping, names, unit.name, expected)
        columns = mapped_columns(reader, unit.mapping, expressions, relation, unit.name)
        judged = judge(
            reader,
            unit,
            unit_id,
            quarantined_at,
            relation=relation,
            columns=columns,
            staged=staged,
            names=names,
        )
    except Exception as cause:
        raise refusal(cause, name=unit.name, doing="reading") from cause
    return PreparedUnit(unit, relation, columns, judged, notes)


def _only(staged: Mapping[UnitFile, StagedFile]) -> StagedFile:
    return next(iter(staged.values()))


def _added_columns(unit: Unit, staged: Mapping[UnitFile, StagedFile]) -> Iterable[str]:
    for file, given in staged.items():
        first = {name.lower() for name in unit.expected.get(file.alias, given.names)}
        added = [name for name in given.names if name.lower() not in first]
        if added:
            yield f"{file.name}: new column {', '.join(added)} is not mapped and is ignored"


def _queried(
    reader: Reader, unit: Unit, staged: Mapping[UnitFile, StagedFile]
) -> tuple[str, tuple[str, ...]]:
    """Run the source's query once, into a file, so that its rows have numbers that stay."""
    aliases: dict[str, list[tuple[UnitFile, StagedFile]]] = {}
    for file, given in staged.items():
        aliases.setdefault(file.alias, []).append((file, given))
    for alias, files in aliases.items():
        _refuse_missing(unit, alias, files)
        union = " union all by name ".join(
            f"select * exclude ({ROW_NUMBER}) from {given.relation}" for _, given in files
        )
        reader.connection.execute(f"create or replace temp view {quoted(alias)} as {union}")
    target = reader.path(".parquet")
    reader.connection.execute(
        f"copy (select * from (\n{unit.mapping.query}\n)) to {literal(str(target))}"
        " (format parquet, compression snappy)"
    )
    relation = numbered(target)
    return relation, tuple(name for name, _ in described(reader, relation))


def _refuse_missing(unit: Unit, alias: str, files: Sequence[tuple[UnitFile, StagedFile]]) -> None:
    """A column of the first file that a later one lacks would silently be NULL in a union."""
    first = unit.expected.get(alias, files[0][1].names)
    for file, given in files:
        present = {name.lower() for name in given.names}
        for name in first:
            if name.lower() not in present:
                where = f"{file.name} (for {unit.mapping.table.name})"
                raise unknown_column(where, f"the query's {alias}", name, given.names)


def mapped_columns(
    reader: Reader,
    mapping: SourceMapping,
    expressions: Mapping[str, Expression],
    relation: str,
    name: str,
) -> dict[str, MappedColumn]:
    """Each mapped column with the type its expression has here. Raises SourceError for one that has none."""
    where = f"{name} (for {mapping.table.name})"
    kinds = _types_of(reader, expressions, relation, where)
    columns = {}
    for column, expression in expressions.items():
        mapped = MappedColumn(mapping.table.column(column), expression, kinds[column])
        mapped.check_family(where)
        columns[column] = mapped
    return columns


def _types_of(
    reader: Reader, expressions: Mapping[str, Expression], relation: str, where: str
) -> dict[str, str]:
    """Ask for all types at once; only where that fails one after the other, to name the column at fault."""
    import duckdb

    if not expressions:
        return {}
    asked = ", ".join(
        f'(\n{expression.text}\n) as "mapped column {number}"'
        for number, expression in enumerate(expressions.values())
    )
    try:
        rows = reader.connection.execute(f"describe select {asked} from {relation} as source").fetchall()
        return {column: str(row[1]) for column, row in zip(expressions, rows, strict=True)}
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException, ValueError):
        return {
            column: _type_of(reader, expression, relation, where, column)
            for column, expression in expressions.items()
        }


def _type_of(reader: Reader, expression: Expression, relation: str, where: str, column: str) -> str:
    import duckdb

    try:
        row = reader.connection.execute(
            f"describe select (\n{expression.text}\n) as mapped from {relation} as source"
        ).fetchone()
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as cause:
        text = str(cause).splitlines()[0]
        raise SourceError(
            f"{where}: the expression of {column} does not fit the file's columns: {text}",
            fix="text files bring text: convert first, such as abs(cast(AMOUNT as decimal(18,2)))",
        ) from cause
    return str(row[1]) if row else "VARCHAR"
