"""The contract's verdict on a unit's rows: how many there are, which are broken, and the records of why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.contract.model import MASK, PERSONAL
from fintech_accelerator.ingest.reader import ROW_NUMBER, Reader, count
from fintech_accelerator.ingest.rules import MappedColumn, broken_rule, typed_select
from fintech_accelerator.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fintech_accelerator.ingest.preparing import Unit, UnitFile
    from fintech_accelerator.ingest.staging import StagedFile

COMMA = ", ', ', "  # between the arguments of concat


@dataclass(frozen=True)
class Judged:
    """`rows_in` is quarantined plus good rows; `broken` lists the numbers of rows to leave out."""

    rows_in: int
    rows_quarantined: int
    broken: Path | None  # Parquet: __row_number
    records: Path | None  # Parquet: what the quarantine keeps


def judge(  # noqa: PLR0913  (what a unit is made of)
    reader: Reader,
    unit: Unit,
    unit_id: str,
    quarantined_at: str,
    *,
    relation: str,
    columns: Mapping[str, MappedColumn],
    staged: Mapping[UnitFile, StagedFile],
    names: tuple[str, ...],
) -> Judged:
    """Look at every row once; write the broken ones' numbers and records where there are any."""
    rows = count(reader.connection, relation)
    problems = _problems(reader, unit, relation, columns)
    broken = count(reader.connection, problems)
    rejected = sum(given.rows_rejected for given in staged.values())
    if not broken and not rejected:
        return Judged(rows, 0, None, None)
    numbers = None
    if broken:
        numbers = reader.path(".parquet")
        reader.connection.execute(
            f"copy (select {ROW_NUMBER} from {problems}) to {literal(str(numbers))} (format parquet)"
        )
    hidden = _hidden(columns, names)
    readings = _readings(columns, hidden)
    parts = [_records(unit, relation, problems, names, hidden, readings=readings)] if broken else []
    parts += [
        _rejected(file, given, hide=bool(hidden) or unit.mapping.query is not None)
        for file, given in staged.items()
        if given.rows_rejected
    ]
    records = _write(reader, parts, unit_id, quarantined_at)
    return Judged(rows + rejected, broken + rejected, numbers, records)


def _write(reader: Reader, parts: list[str], unit_id: str, quarantined_at: str) -> Path:
    records = reader.path(".parquet")
    reader.connection.execute(
        f"copy (select {literal(unit_id)} as unit_id, *,"
        f" cast({literal(quarantined_at)} as timestamp) as quarantined_at from"
        f" ({' union all '.join(parts)}) order by file_name, row_number)"
        f" to {literal(str(records))} (format parquet, compression zstd)"
    )
    return records


def _problems(reader: Reader, unit: Unit, relation: str, columns: Mapping[str, MappedColumn]) -> str:
    """A table of the broken rows: number, and a list of (column_name, rule, value)."""
    verdicts = {name: quoted(f"broken_{name}") for name in columns}
    judged = "".join(f", {broken_rule(mapped)} as {verdicts[name]}" for name, mapped in columns.items())
    each = ", ".join(
        f"{{'column_name': {literal(name)}, 'rule': {verdicts[name]}, 'value': {_shown(mapped)}}}"
        for name, mapped in columns.items()
    )
    table = reader.table()
    typed = typed_select(columns, relation, unit.mapping.options)
    reader.connection.execute(
        f"create temp table {table} as select {ROW_NUMBER},"
        f" list_filter([{each}], lambda problem: problem.rule is not null) as problems"
        f" from (select *{judged} from ({typed})) where coalesce({', '.join(verdicts.values())}) is not null"
    )
    return table


def _shown(mapped: MappedColumn) -> str:
    if mapped.is_masked:
        return f"case when {mapped.value} is not null then {literal(MASK)} end"
    return f"cast({mapped.value} as varchar)"


def _hidden(columns: Mapping[str, MappedColumn], names: tuple[str, ...]) -> frozenset[str]:
    """The source's columns (lower case) that the quarantine masks.

    Those that feed a column of class P2 or P3, and those that feed none: nobody said how personal they are.
    """
    open_columns: set[str] = set()
    personal: set[str] = set()
    for mapped in columns.values():
        used = {name.lower() for name in mapped.expression.columns}
        (personal if mapped.column.pii in PERSONAL else open_columns).update(used)
    return frozenset(name.lower() for name in names if name.lower() not in open_columns - personal)


def _readings(columns: Mapping[str, MappedColumn], hidden: frozenset[str]) -> str:
    """A map of what each expression was given, for those that may fail: they have no value to show."""
    tried = {name: _given_to(mapped, hidden) for name, mapped in columns.items() if mapped.is_tried}
    return f"map([{', '.join(map(literal, tried))}], [{', '.join(tried.values())}])" if tried else "null"


def _given_to(mapped: MappedColumn, hidden: frozenset[str]) -> str:
    """The source's columns that an expression reads: the value alone of one, with their names of several."""
    used = mapped.expression.columns
    shown = [
        literal(MASK)
        if mapped.is_masked or name.lower() in hidden
        else f"cast(source.{quoted(name)} as varchar)"
        for name in used
    ]
    if len(used) == 1:
        return shown[0]
    parts = [
        f"{literal(f'{name} = ')}, coalesce({text}, 'null')" for name, text in zip(used, shown, strict=True)
    ]
    return f"concat({COMMA.join(parts)})"


def _records(  # noqa: PLR0913  (what a record is made of)
    unit: Unit,
    relation: str,
    problems: str,
    names: tuple[str, ...],
    hidden: frozenset[str],
    *,
    readings: str,
) -> str:
    row = ", ".join(
        f"{literal(name)}, "
        + (literal(MASK) if name.lower() in hidden else f"cast(source.{quoted(name)} as varchar)")
        for name in names
    )
    reading = "null" if readings == "null" else "readings[problem.column_name]"
    return (
        f"select {literal(unit.name)} as file_name, row_number, problem.column_name as column_name,"
        " problem.rule as rule,"
        f" case when problem.rule = 'expression' then {reading} else problem.value end as value, row from"
        f" (select {ROW_NUMBER} as row_number, unnest(problems) as problem,"
        f" {readings} as readings, cast(json_object({row}) as varchar) as row"
        f" from {problems} inner join {relation} as source using ({ROW_NUMBER}))"
    )


def _rejected(file: UnitFile, given: StagedFile, *, hide: bool) -> str:
    value = literal(MASK) if hide else "line"
    return (
        f"select {literal(file.name)} as file_name, row_number, cast(null as varchar) as column_name,"
        f" rule, {value} as value, cast(null as varchar) as row from {given.rejects}"
    )
