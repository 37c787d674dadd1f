"""Stage 1: connectors' files come to the landing zone, as received."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.ingest import land

if TYPE_CHECKING:
    from fintech_accelerator.ingest import LandResult
    from fintech_accelerator.pipeline.context import RunContext


def land_files(context: RunContext) -> LandResult:
    """Copy what is new into the landing zone. A file that cannot be had is refused, and the others go on."""
    composition = context.composition
    total = sum(len(sources) for sources in composition.settings.sources.values())
    with context.stage("land", total=total) as outcome:
        result = land(
            composition.settings, composition.contract, run_id=context.run_id, on_event=context.on_event
        )
        outcome.status = "warned" if result.refused else "ok"
        batches = context.ledger.batches
        for file in result.files:
            batches.landed(context.run_id, file.table, file.name, file.sha256, file.size_bytes)
        for refused in result.refused:
            batches.refused(
                context.run_id, refused.table, refused.name, refused.sha256, refused.reason, refused.fix
            )
    return result
