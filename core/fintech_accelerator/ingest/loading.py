"""Loading: landed files become typed rows of raw_data, a unit at a time, each in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fintech_accelerator.clock import naive_utc
from fintech_accelerator.contract.ddl import raw_changes
from fintech_accelerator.contract.schemas import RAW_SCHEMA
from fintech_accelerator.engines.duckdb import prepare_operations, translate_duckdb_error
from fintech_accelerator.errors import SourceError
from fintech_accelerator.events import EventSink, StepFinished, StepStarted, ignore
from fintech_accelerator.ingest.duplicates import KnownKeys
from fintech_accelerator.ingest.formats import format_of
from fintech_accelerator.ingest.landing import LandedFile, LandResult, RefusedFile
from fintech_accelerator.ingest.mapping import SourceMapping, read_mappings, resolve, unit_id
from fintech_accelerator.ingest.preparing import PreparedUnit, Unit, prepare
from fintech_accelerator.ingest.quarantine import keep, supersede
from fintech_accelerator.ingest.reader import Reader, open_reader
from fintech_accelerator.ingest.units import loaded_units, next_batch_id, refused, units_of, with_expected
from fintech_accelerator.ingest.writing import write_unit
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    import duckdb

    from fintech_accelerator.contract import Contract
    from fintech_accelerator.ledger.batches import LoadedUnit
    from fintech_accelerator.settings import Settings

# Many small units: each is in the log when it is committed, and the engine packs them into columns together.
CHECKPOINT = "256MB"


@dataclass(frozen=True)
class LoadResult:
    """What one load brought; `units` are the new ones. `notes` say what a person may want to know."""

    units: tuple[LoadedUnit, ...] = ()
    refused: tuple[RefusedFile, ...] = ()
    units_known: int = 0
    notes: tuple[str, ...] = ()

    @property
    def rows_in(self) -> int:
        return sum(unit.rows_in for unit in self.units)

    @property
    def rows_loaded(self) -> int:
        return sum(unit.rows_loaded for unit in self.units)

    @property
    def rows_quarantined(self) -> int:
        return sum(unit.rows_quarantined for unit in self.units)

    @property
    def rows_duplicate(self) -> int:
        return sum(unit.rows_duplicate for unit in self.units)


@dataclass
class _Load:
    """One load on its way."""

    connection: duckdb.DuckDBPyConnection
    reader: Reader
    settings: Settings
    batch_id: int
    loaded_at: datetime
    run_id: str
    on_event: EventSink
    known: set[str]
    first_of: set[str]  # tables without a row from an earlier load
    keys: KnownKeys
    units: list[LoadedUnit] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    units_known: int = 0

    def source(self, mapping: SourceMapping, files: Iterable[LandedFile]) -> None:
        """Load one source's units, in the order of their files' names."""
        units = with_expected(self.reader, units_of(mapping, files))
        for unit in units:
            self.on_event(StepStarted(self.run_id, "load", unit.name))
            try:
                loaded = self._unit(unit, is_last=unit is units[-1])
            except SourceError as cause:
                self.refused += refused(unit, cause)
                self.on_event(StepFinished(self.run_id, "load", unit.name, "refused"))
            else:
                rows = loaded.rows_loaded if loaded else None
                self.on_event(
                    StepFinished(self.run_id, "load", unit.name, "ok" if loaded else "skipped", rows)
                )
            finally:
                self.reader.clear()
        self.keys.forget()

    def _unit(self, unit: Unit, *, is_last: bool) -> LoadedUnit | None:
        identity = self._identity(unit)
        if identity in self.known:
            self.units_known += 1
            return None
        at = naive_utc(self.loaded_at).isoformat(sep=" ")
        prepared = prepare(self.reader, unit, identity, at)
        loaded = self._write(identity, prepared, is_last=is_last)
        self.known.add(identity)
        self.units.append(loaded)
        self.notes += prepared.notes
        return loaded

    def _identity(self, unit: Unit) -> str:
        """By-name mappings rest on the columns that the source's first file has."""
        mapping = unit.mapping
        columns = mapping.columns
        if columns is None and mapping.query is None:
            first = unit.expected.get(unit.files[0].alias, ())
            columns = resolve(mapping, first, unit.name) if first else {}
        files = ((file.alias, file.sha256, format_of(file.name, mapping.options).way) for file in unit.files)
        return unit_id(mapping, columns or {}, files)

    def _write(self, identity: str, prepared: PreparedUnit, *, is_last: bool) -> LoadedUnit:
        table = prepared.unit.mapping.table
        keep(self.settings.workspace, table.name, identity, prepared.judged.records)
        loaded = write_unit(
            self.connection,
            self.keys,
            prepared,
            unit_id=identity,
            batch_id=self.batch_id,
            load_order=len(self.units) + 1,
            loaded_at=self.loaded_at,
            is_first_load=table.name in self.first_of,
            is_last=is_last,
        )
        is_joined = prepared.unit.mapping.is_joined
        supersede(self.settings.workspace, self.connection, loaded, is_joined=is_joined)
        return loaded


def load(  # noqa: PLR0913  (each is a fact of the run)
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    contract: Contract,
    landed: LandResult | Iterable[LandedFile],
    *,
    batch_id: int | None = None,
    loaded_at: datetime,
    run_id: str = "",
    on_event: EventSink = ignore,
) -> LoadResult:
    """Load what was landed and is not loaded yet.

    Every unit is one transaction: its rows and its line in ops.loaded_units, or neither. A file that cannot
    be read as mapped is refused whole and the rest go on. Raises SettingsError and EnvironmentFailure.
    """
    files = tuple(landed.files if isinstance(landed, LandResult) else landed)
    mappings = read_mappings(settings, contract)
    try:
        prepare_raw(connection, contract)
        known = {unit.unit_id for unit in loaded_units(connection)}
        limit = connection.execute("select current_setting('memory_limit'), current_setting('threads')")
        memory, threads = limit.fetchone() or (None, None)
        first_of = {mapping.table.name for mapping in mappings if _is_empty(connection, mapping.table.name)}
        number = batch_id if batch_id is not None else next_batch_id(connection)
        connection.execute(f"set checkpoint_threshold = '{CHECKPOINT}'")
        with open_reader(settings.workspace, memory_limit=memory, threads=threads) as reader:
            keys = KnownKeys(connection, first_of)
            work = _Load(
                connection, reader, settings, number, loaded_at, run_id, on_event, known, first_of, keys
            )
            for mapping in mappings:
                work.source(mapping, files)
    except _engine_errors() as cause:
        raise translate_duckdb_error(cause, doing="loading") from cause
    return LoadResult(tuple(work.units), tuple(work.refused), work.units_known, tuple(work.notes))


def prepare_raw(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Create what a load writes into; a column that the contract has gained is added, with NULL."""
    prepare_operations(connection)
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"create schema if not exists {RAW_SCHEMA}")
    present: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "select table_name, column_name from information_schema.columns"
        f" where table_catalog = current_database() and table_schema = '{RAW_SCHEMA}'"
    ).fetchall():
        present.setdefault(table, set()).add(column)
    for statement in raw_changes(contract, present):
        connection.execute(statement)


def _is_empty(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return connection.execute(f"select 1 from {RAW_SCHEMA}.{quoted(table)} limit 1").fetchone() is None


def _engine_errors() -> tuple[type[Exception], ...]:
    import duckdb

    return (duckdb.Error, OSError)
