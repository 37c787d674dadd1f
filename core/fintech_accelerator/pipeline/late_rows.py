"""Rows that came long after they happened: counted for each file of a load and told of, never refused."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fintech_accelerator.contract.schemas import RAW_SCHEMA
from fintech_accelerator.ingest.units import was_loaded
from fintech_accelerator.plurals import counted
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    import duckdb

    from fintech_accelerator.contract import Contract
    from fintech_accelerator.ledger.batches import LoadedUnit


def late_rows(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    units: Sequence[LoadedUnit],
    *,
    days: int,
    loaded_at: datetime,
) -> Mapping[str, int]:
    """For each unit with such rows: how many happened more than `days` days before the load.

    What a table gets first is the bank's history; nothing of it is late.
    """
    before = loaded_at - timedelta(days=days)
    found: dict[str, int] = {}
    for name in {unit.table_name for unit in units}:
        happened = contract.table(name).event_column
        batches = [unit.batch_id for unit in units if unit.table_name == name]
        if happened is None or not was_loaded(connection, name, earlier_than=min(batches)):
            continue
        rows = connection.execute(
            f"select _file_id, count(*) from {RAW_SCHEMA}.{quoted(name)}"
            f" where _batch_id between ? and ? and {quoted(happened)} < ? group by _file_id",
            [min(batches), max(batches), before],
        ).fetchall()
        found.update({str(unit_id): int(count) for unit_id, count in rows})
    return found


def late_notes(units: Sequence[LoadedUnit], late: Mapping[str, int], *, days: int) -> Iterator[str]:
    """A line for each table that got such rows."""
    for name in sorted({unit.table_name for unit in units}):
        counts = [late[unit.unit_id] for unit in units if unit.table_name == name and unit.unit_id in late]
        if counts:
            yield (
                f"{name}: {counted(sum(counts), 'row')} of {counted(len(counts), 'file')} happened more than"
                f" {days} days before this load (late_arrival_days); the days they belong to are built again"
            )
