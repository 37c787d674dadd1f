"""Stage 2: landed files become typed rows of raw_data; what does not fit goes into quarantine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.governance.retention import retention_of
from fintech_accelerator.governance.retention_rows import keep_out
from fintech_accelerator.ingest import load, loaded_units, next_batch_id, prepare_raw
from fintech_accelerator.pipeline.late_rows import late_rows
from fintech_accelerator.pipeline.slots import plan_work
from fintech_accelerator.plurals import counted

if TYPE_CHECKING:
    import duckdb

    from fintech_accelerator.ingest import LandResult, LoadResult
    from fintech_accelerator.pipeline.context import RunContext
    from fintech_accelerator.pipeline.slots import Work


def load_files(context: RunContext, landed: LandResult) -> tuple[LoadResult, Work]:
    """Load what was not loaded before, then say what has to be built. Raises EnvironmentFailure."""
    composition = context.composition
    target = composition.target
    with open_warehouse(
        composition.warehouse, memory_limit=target.memory_limit, threads=target.threads
    ) as connection:
        prepare_raw(connection, composition.contract)
        context.warehouse_id = context.serving.prepare(connection)
        with context.stage("load", total=len(landed.files)) as outcome:
            result = _without_retired(context, connection, _load(context, connection, landed))
            context.late_rows = late_rows(
                connection,
                composition.contract,
                result.units,
                days=composition.settings.project.late_arrival_days,
                loaded_at=context.started_at,
            )
            outcome.rows = result.rows_loaded
            outcome.status = "warned" if result.refused or result.rows_quarantined else "ok"
        context.batch_id = next_batch_id(connection) - 1
        result = _delivered(context, connection, result)
        work = plan_work(context, connection)
        context.serving.tell_models(connection, work.through)
    return result, work


def _load(context: RunContext, connection: duckdb.DuckDBPyConnection, landed: LandResult) -> LoadResult:
    composition = context.composition
    batches = context.ledger.batches
    try:
        result = load(
            connection,
            composition.settings,
            composition.contract,
            landed,
            batch_id=next_batch_id(connection),
            loaded_at=context.started_at,
            run_id=context.run_id,
            on_event=context.on_event,
        )
    finally:  # the warehouse is the truth: also what a run that was killed had loaded comes to the ledger
        batches.synchronise(context.warehouse_id, context.run_id, loaded_units(connection))
    for refused in result.refused:
        batches.refused(
            context.run_id, refused.table, refused.name, refused.sha256, refused.reason, refused.fix
        )
    return result


def _delivered(context: RunContext, connection: duckdb.DuckDBPyConnection, result: LoadResult) -> LoadResult:
    """Bring the rows to where models are built; what is refused there was quarantined, and is told."""
    notes = context.serving.deliver(connection)
    if not notes:
        return result
    units = {unit.unit_id: unit for unit in loaded_units(connection)}
    context.ledger.batches.synchronise(context.warehouse_id, context.run_id, units.values())
    return replace(
        result,
        units=tuple(units[unit.unit_id] for unit in result.units),
        notes=(*result.notes, *notes),
    )


def _without_retired(
    context: RunContext, connection: duckdb.DuckDBPyConnection, result: LoadResult
) -> LoadResult:
    """Rows that were deleted for good, and came again, go before anything is built of them."""
    retention = retention_of(context.composition.settings)
    at = context.started_at
    found = keep_out(connection, retention, today=at.date(), at=at)
    notes = (
        f"{table}: {counted(rows, 'row')} that retention had deleted came again and went"
        for table, rows in sorted(found.items())
    )
    return replace(result, notes=(*result.notes, *notes))
