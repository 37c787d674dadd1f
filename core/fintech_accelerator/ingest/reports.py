"""What `fintech sources` tells: how each source is mapped, and what would come of its files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.contract import Requirement
from fintech_accelerator.errors import SourceError, unknown_name
from fintech_accelerator.ingest.landing import RefusedFile, files_at_hand
from fintech_accelerator.ingest.mapping import read_mappings
from fintech_accelerator.ingest.preparing import Unit, UnitFile, prepare
from fintech_accelerator.ingest.reader import Reader, open_reader
from fintech_accelerator.ingest.shapes import resolved_columns
from fintech_accelerator.ingest.units import grouped, refused, with_expected

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from fintech_accelerator.contract import Contract
    from fintech_accelerator.ingest.mapping import MappingKind, SourceMapping
    from fintech_accelerator.ports import SourceFile
    from fintech_accelerator.settings import Settings

EXAMPLES = 5
NEVER = "1970-01-01 00:00:00"  # nothing is quarantined by looking


@dataclass(frozen=True)
class SourceListing:
    """One source: the files it matches now, and the table's columns that it maps, assumes and lacks."""

    table: str
    index: int
    connector: str
    kind: MappingKind
    files: tuple[str, ...]
    mapped: tuple[str, ...]
    assumed: Mapping[str, str]
    unmapped_required: tuple[str, ...]
    problem: str | None = None
    fix: str | None = None


@dataclass(frozen=True)
class RuleCount:
    """How many rows would be quarantined by one rule, with a few values (masked where personal)."""

    column_name: str | None
    rule: str
    rows: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class UnitReport:
    """What would come of one file (or of the files of one query)."""

    files: tuple[str, ...]
    rows_in: int
    rows_quarantined: int
    rules: tuple[RuleCount, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class SourceReport:
    """What would come of one source."""

    table: str
    index: int
    units: tuple[UnitReport, ...]
    refused: tuple[RefusedFile, ...]

    @property
    def rows_in(self) -> int:
        return sum(unit.rows_in for unit in self.units)

    @property
    def rows_quarantined(self) -> int:
        return sum(unit.rows_quarantined for unit in self.units)


def list_sources(settings: Settings, contract: Contract) -> tuple[SourceListing, ...]:
    """Every source of fintech.toml. Raises SettingsError; what is wrong with files stands in `problem`."""
    mappings = read_mappings(settings, contract)
    offers = [_offered(settings, mapping, firsts_only=True) for mapping in mappings]
    with open_reader(settings.workspace, files=_paths(offers)) as reader:
        return tuple(
            _listing(reader, mapping, files, problem)
            for mapping, (files, problem) in zip(mappings, offers, strict=True)
        )


def check_sources(
    settings: Settings, contract: Contract, *, table: str | None = None
) -> tuple[SourceReport, ...]:
    """Read, map and type every source's files (or one table's), where they lie. Raises SettingsError."""
    mappings = read_mappings(settings, contract)
    if table is not None:
        if table not in settings.sources:
            raise unknown_name("mapped table", table, settings.sources)
        mappings = tuple(mapping for mapping in mappings if mapping.table.name == table)
    offers = [_offered(settings, mapping) for mapping in mappings]
    _, target = settings.target()
    with open_reader(
        settings.workspace,
        files=_paths(offers),
        memory_limit=target.memory_limit,
        threads=target.threads,
    ) as reader:
        return tuple(
            _report(reader, mapping, files, problem)
            for mapping, (files, problem) in zip(mappings, offers, strict=True)
        )


def _offered(
    settings: Settings, mapping: SourceMapping, *, firsts_only: bool = False
) -> tuple[tuple[SourceFile, ...], SourceError | None]:
    try:
        return files_at_hand(settings, mapping, firsts_only=firsts_only), None
    except SourceError as cause:
        return (), cause


def _paths(offers: Iterable[tuple[tuple[SourceFile, ...], SourceError | None]]) -> list[Path]:
    return [file.path for files, _ in offers for file in files]


def _listing(
    reader: Reader, mapping: SourceMapping, files: tuple[SourceFile, ...], problem: SourceError | None
) -> SourceListing:
    columns = dict(mapping.columns or {})
    if problem is None:
        try:
            columns = dict(resolved_columns(reader, mapping, files))
        except SourceError as cause:
            problem = cause
    return SourceListing(
        table=mapping.table.name,
        index=mapping.index,
        connector=mapping.source.brought_by,
        kind=mapping.kind,
        files=tuple(file.name for file in files),
        mapped=tuple(columns),
        assumed=mapping.assumed,
        unmapped_required=tuple(
            column.name
            for column in mapping.table.loadable
            if column.requirement is not Requirement.NO and column.name not in columns
        ),
        problem=problem.reason if problem else None,
        fix=problem.fix if problem else None,
    )


def _report(
    reader: Reader, mapping: SourceMapping, files: tuple[SourceFile, ...], problem: SourceError | None
) -> SourceReport:
    table = mapping.table.name
    refusals: list[RefusedFile] = []
    if problem is not None:
        names = os.path.expandvars(", ".join(mapping.source.files.values()))
        refusals.append(RefusedFile(table, names, None, problem.reason, problem.fix))
    reports = []
    own = [UnitFile(file.alias, file.name, "", file.path) for file in files]
    for unit in with_expected(reader, grouped(mapping, own)):
        try:
            reports.append(_unit_report(reader, unit))
        except SourceError as cause:
            refusals += refused(unit, cause)
        finally:
            reader.clear()
    return SourceReport(table, mapping.index, tuple(reports), tuple(refusals))


def _unit_report(reader: Reader, unit: Unit) -> UnitReport:
    prepared = prepare(reader, unit, "", NEVER)
    judged = prepared.judged
    return UnitReport(
        files=tuple(file.name for file in unit.files),
        rows_in=judged.rows_in,
        rows_quarantined=judged.rows_quarantined,
        rules=_rules(reader, judged.records) if judged.records else (),
        notes=prepared.notes,
    )


def _rules(reader: Reader, records: Path) -> tuple[RuleCount, ...]:
    rows = reader.connection.execute(
        "select column_name, rule, count(*), list(distinct value order by value)[:?] from read_parquet(?)"
        " group by all order by count(*) desc, column_name, rule",
        [EXAMPLES, str(records)],
    ).fetchall()
    return tuple(
        RuleCount(column, rule, int(count), tuple(str(value) for value in values or () if value is not None))
        for column, rule, count, values in rows
    )
