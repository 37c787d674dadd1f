"""A prepared unit's rows into raw_data, and its line into ops.loaded_units: both or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fintech_accelerator.clock import naive_utc
from fintech_accelerator.contract import Requirement
from fintech_accelerator.contract.schemas import RAW_SCHEMA
from fintech_accelerator.ingest.duplicates import DUPLICATES, drop_temporary, find_duplicates
from fintech_accelerator.ingest.reader import ROW_NUMBER
from fintech_accelerator.ingest.rules import typed_select
from fintech_accelerator.ingest.units import record_unit
from fintech_accelerator.ledger.batches import LoadedUnit
from fintech_accelerator.sql_text import literal, quoted

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from fintech_accelerator.contract import Table
    from fintech_accelerator.ingest.duplicates import KnownKeys
    from fintech_accelerator.ingest.preparing import PreparedUnit

KNOWN_AT = "ingested_at"


def write_unit(  # noqa: PLR0913  (what a row remembers of its load)
    connection: duckdb.DuckDBPyConnection,
    known: KnownKeys,
    prepared: PreparedUnit,
    *,
    unit_id: str,
    batch_id: int,
    load_order: int,
    loaded_at: datetime,
    is_first_load: bool,
    is_last: bool,
) -> LoadedUnit:
    """Write one unit in one transaction. Raises IntegrityError when its rows do not balance."""
    table = prepared.unit.mapping.table
    rows = _good_rows(prepared, loaded_at, is_first_load=is_first_load)
    connection.execute("begin transaction")
    try:
        duplicates = find_duplicates(connection, known, table, rows, _compared(prepared), is_last=is_last)
        known.add(table, batch_id=batch_id, load_order=load_order, is_last=is_last)
        technical = [batch_id, unit_id, naive_utc(loaded_at), load_order]
        loaded = _insert(connection, table, rows, technical, without_duplicates=duplicates > 0)
        unit = LoadedUnit(
            unit_id=unit_id,
            batch_id=batch_id,
            load_order=load_order,
            rows_loaded=loaded,
            rows_duplicate=duplicates,
            loaded_at=loaded_at,
            **_facts_of(prepared),
        )
        record_unit(connection, unit)
        drop_temporary(connection)
        connection.execute("commit")
    except BaseException:
        _roll_back(connection, known)
        raise
    return unit


def _facts_of(prepared: PreparedUnit) -> dict[str, Any]:
    """What was known of a unit before it was written."""
    return {
        "table_name": prepared.unit.mapping.table.name,
        "source_name": prepared.unit.mapping.name,
        "file_names": tuple(file.name for file in prepared.unit.files),
        "file_hashes": tuple(file.sha256 for file in prepared.unit.files),
        "rows_in": prepared.judged.rows_in,
        "rows_quarantined": prepared.judged.rows_quarantined,
    }


def _roll_back(connection: duckdb.DuckDBPyConnection, known: KnownKeys) -> None:
    """Undo; an engine that broke has undone it already, and the first reason is the one to tell."""
    import duckdb

    try:
        connection.execute("rollback")
        known.forget()
    except duckdb.Error:
        return


def _compared(prepared: PreparedUnit) -> list[str]:
    """Every column that a source may bring; when the bank knew counts only where the source says it."""
    return [
        column.name
        for column in prepared.unit.mapping.table.loadable
        if column.name != KNOWN_AT or KNOWN_AT in prepared.columns
    ]


def _good_rows(prepared: PreparedUnit, loaded_at: datetime, *, is_first_load: bool) -> str:
    """The unit's rows that are not broken: `row_number` and all columns of the table, typed."""
    table = prepared.unit.mapping.table
    values = [
        f"{_value(prepared, column.name, column.type, loaded_at, is_first_load=is_first_load)}"
        f" as {quoted(column.name)}"
        for column in table.loadable
    ]
    broken = prepared.judged.broken
    where = (
        f" where {ROW_NUMBER} not in (select {ROW_NUMBER} from read_parquet({literal(str(broken))}))"
        if broken
        else ""
    )
    typed = typed_select(prepared.columns, prepared.relation, prepared.unit.mapping.options)
    return f"select {ROW_NUMBER} as row_number, {', '.join(values)} from ({typed}){where}"


def _value(prepared: PreparedUnit, name: str, kind: str, loaded_at: datetime, *, is_first_load: bool) -> str:
    if name in prepared.columns:
        return prepared.columns[name].typed
    if name != KNOWN_AT:
        return f"cast(null as {kind})"
    now = f"cast({literal(naive_utc(loaded_at).isoformat(sep=' '))} as timestamp)"
    happened = _happened(prepared.unit.mapping.table)
    if is_first_load and happened in prepared.columns:
        # What a bank loads first is its history: it knew each thing when it happened, not today.
        return f"least(coalesce(cast({prepared.columns[happened].typed} as timestamp), {now}), {now})"
    return now


def _happened(table: Table) -> str:
    """The column that says when a row came about: the event's, else the first date or time it should have."""
    if table.event_column is not None:
        return table.event_column
    for column in table.loadable:
        is_time = column.type in ("date", "timestamp")
        if is_time and column.requirement is not Requirement.NO and column.name != KNOWN_AT:
            return column.name
    return ""


def _insert(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    rows: str,
    technical: list[object],
    *,
    without_duplicates: bool,
) -> int:
    names = ", ".join(quoted(column.name) for column in table.loadable)
    without = f" where row_number not in (select row_number from {DUPLICATES})" if without_duplicates else ""
    inserted = connection.execute(
        f"insert into {RAW_SCHEMA}.{quoted(table.name)}"
        f" ({names}, _row_number, _batch_id, _file_id, _loaded_at, _load_order)"
        f" select {names}, row_number, cast(? as integer), ?, cast(? as timestamp), cast(? as integer)"
        f" from ({rows}){without}",
        technical,
    ).fetchone()
    return int(inserted[0]) if inserted else 0
