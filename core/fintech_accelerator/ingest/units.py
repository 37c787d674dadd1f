"""What is loaded together, and what the warehouse already has of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fintech_accelerator.clock import naive_utc
from fintech_accelerator.errors import SourceError
from fintech_accelerator.ingest.formats import format_of
from fintech_accelerator.ingest.landing import LandedFile, RefusedFile
from fintech_accelerator.ingest.preparing import Unit, UnitFile
from fintech_accelerator.ingest.staging import columns_of
from fintech_accelerator.ledger.batches import LoadedUnit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import duckdb

    from fintech_accelerator.ingest.mapping import SourceMapping
    from fintech_accelerator.ingest.reader import Reader

SPARSE = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")  # a key may be left out
COLUMNS = (
    "unit_id, table_name, batch_id, load_order, source_name, file_names, file_hashes,"
    " rows_in, rows_loaded, rows_quarantined, rows_duplicate, loaded_at"
)


def units_of(mapping: SourceMapping, files: Iterable[LandedFile]) -> Iterator[Unit]:
    """A source's files as units: each alone, or together for a query over several names."""
    own = [
        UnitFile(file.alias, file.name, file.sha256, file.path)
        for file in files
        if file.table == mapping.table.name and file.source_index == mapping.index
    ]
    yield from grouped(mapping, own)


def grouped(mapping: SourceMapping, files: Iterable[UnitFile]) -> Iterator[Unit]:
    """Files of one source as units, in the order of their names: of two versions the later name wins."""
    own = sorted(files, key=lambda file: (file.alias, file.name))
    if not own:
        return
    if mapping.is_joined:
        yield Unit(mapping, tuple(own))
        return
    for file in own:
        yield Unit(mapping, (file,))


def with_expected(reader: Reader, units: Iterable[Unit]) -> list[Unit]:
    """The units of one source, each told the columns of the first file of every alias.

    A first file that cannot be read tells nothing: it is refused when its turn comes.
    """
    listed = list(units)
    if listed and listed[0].mapping.columns is not None:
        listed_files = [file for unit in listed for file in unit.files]
        if all(file.name.lower().endswith(SPARSE) for file in listed_files):
            return listed
    expected: dict[str, tuple[str, ...]] = {}
    for file in (file for unit in listed for file in unit.files):
        if file.alias not in expected:
            try:
                file_format = format_of(file.name, listed[0].mapping.options)
                found = columns_of(reader, file.path, file.name, file_format)
            except SourceError:
                continue
            expected[file.alias] = tuple(name for name, _ in found)
    return [replace(unit, expected=expected) for unit in listed]


def loaded_units(connection: duckdb.DuckDBPyConnection) -> tuple[LoadedUnit, ...]:
    """Every unit that the warehouse holds, in the order of loading."""
    rows = connection.execute(
        f"select {COLUMNS} from ops.loaded_units order by batch_id, load_order"
    ).fetchall()
    return tuple(_unit(row) for row in rows)


def _unit(row: tuple[object, ...]) -> LoadedUnit:
    unit_id, table, batch, order, source, names, hashes, rows_in, loaded, refused, same, at = row
    assert isinstance(at, datetime)  # noqa: S101  (the column's type)
    return LoadedUnit(
        unit_id=str(unit_id),
        table_name=str(table),
        batch_id=int(str(batch)),
        load_order=int(str(order)),
        source_name=str(source),
        file_names=tuple(json.loads(str(names))),
        file_hashes=tuple(json.loads(str(hashes))),
        rows_in=int(str(rows_in)),
        rows_loaded=int(str(loaded)),
        rows_quarantined=int(str(refused)),
        rows_duplicate=int(str(same)),
        loaded_at=at.replace(tzinfo=UTC),
    )


def record_unit(connection: duckdb.DuckDBPyConnection, unit: LoadedUnit) -> None:
    """Write a unit's line; in the transaction of its rows."""
    connection.execute(
        f"insert into ops.loaded_units ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            unit.unit_id,
            unit.table_name,
            unit.batch_id,
            unit.load_order,
            unit.source_name,
            json.dumps(list(unit.file_names), ensure_ascii=False),
            json.dumps(list(unit.file_hashes)),
            unit.rows_in,
            unit.rows_loaded,
            unit.rows_quarantined,
            unit.rows_duplicate,
            naive_utc(unit.loaded_at),
        ],
    )


def refused(unit: Unit, cause: SourceError) -> tuple[RefusedFile, ...]:
    """A refused unit as its files: all of a joined one."""
    return tuple(
        RefusedFile(unit.mapping.table.name, file.name, file.sha256, cause.reason, cause.fix)
        for file in unit.files
    )


def next_batch_id(connection: duckdb.DuckDBPyConnection) -> int:
    """The number that the next load takes if it brings anything."""
    row = connection.execute("select coalesce(max(batch_id), 0) + 1 from ops.loaded_units").fetchone()
    return int(row[0]) if row else 1


def newest_batches(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The last load that brought rows, by table."""
    rows = connection.execute(
        "select table_name, max(batch_id) from ops.loaded_units where rows_loaded > 0 group by table_name"
    ).fetchall()
    return {str(name): int(batch) for name, batch in rows}


def was_loaded(connection: duckdb.DuckDBPyConnection, table: str, *, earlier_than: int) -> bool:
    """Whether a load before this one brought a table rows."""
    known = connection.execute(
        "select 1 from ops.loaded_units where table_name = ? and batch_id < ? and rows_loaded > 0 limit 1",
        [table, earlier_than],
    )
    return known.fetchone() is not None
