"""One run: land, load, then for each level of packs build, check and publish."""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fintech_accelerator.clock import naive_now
from fintech_accelerator.compose.composition import compose
from fintech_accelerator.compose.enabled import check_pack_names
from fintech_accelerator.engines.machine import machine_failures
from fintech_accelerator.errors import FintechError, UsageError
from fintech_accelerator.events import EventSink, RunFinished, RunStarted, ignore
from fintech_accelerator.governance.unaudited import record_unaudited
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.ledger.run_lock import run_lock
from fintech_accelerator.packs.discovery import discover
from fintech_accelerator.pipeline.context import RunContext, new_run_id
from fintech_accelerator.pipeline.land import land_files
from fintech_accelerator.pipeline.late_rows import late_notes
from fintech_accelerator.pipeline.levels import build_levels
from fintech_accelerator.pipeline.load import load_files
from fintech_accelerator.pipeline.report import Failure, FileReport, PackReport, RunReport, ending_of
from fintech_accelerator.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fintech_accelerator.compose.composition import Composition
    from fintech_accelerator.ingest import LandResult, LoadResult, RefusedFile
    from fintech_accelerator.settings import Settings


def run(  # noqa: PLR0913  (the options of `fintech run`, all with defaults)
    settings: Settings,
    *,
    target: str | None = None,
    packs: Iterable[str] | None = None,
    full_refresh: bool = False,
    publishes: bool = True,
    on_event: EventSink = ignore,
) -> RunReport:
    """Run the project and say what came of it; a pack that fails leaves the others alone.

    `full_refresh` builds everything from nothing out of what is loaded. Without `publishes`, checked marts
    wait for `publish_ready`. Raises UsageError for what is wrong in the project, RunInProgressError, and
    EnvironmentFailure when nothing could be done at all.
    """
    with (
        machine_failures("running"),
        run_lock(settings.workspace.run_lock, command="fintech run"),
        open_ledger(settings.workspace.ledger) as ledger,
    ):
        now = naive_now()
        ledger.runs.close_interrupted(now)
        record_unaudited(settings, ledger)
        context = RunContext(
            run_id=new_run_id(now),
            started_at=now,
            composition=_resolved(settings, target=target, packs=packs),
            ledger=ledger,
            full_refresh=full_refresh,
            publishes=publishes,
            on_event=on_event,
        )
        with _recorded(context) as finish:
            with context.serving.at_work("fintech run"):
                report = _execute(context)
            report = replace(report, facts=_asked(context))
            finish(report.status)
        return report


def _asked(context: RunContext) -> Mapping[str, Any]:
    """What was asked of a warehouse elsewhere; its history is joined by the label."""
    if not (asked := context.serving.asked()):
        return {}
    context.ledger.runs.stage(
        context.run_id,
        "statements",
        None,
        "ok",
        0.0,
        rows=asked["statements"],
        detail=json.dumps(asked),
    )
    return {"warehouse": asked}


def _resolved(settings: Settings, *, target: str | None, packs: Iterable[str] | None) -> Composition:
    """The composition, refused before anything is landed when fintech.toml names what is not there."""
    if not settings.sources and not settings.packs:
        raise UsageError(
            "there is nothing to run: no table is mapped and no pack is enabled",
            fix="map your files in fintech.toml, as docs/sources.md shows, then `fintech packs enable NAME`",
        )
    discovery = discover(settings)
    check_pack_names(settings, discovery)
    return compose(settings, target=target, packs=packs, discovery=discovery)


def _execute(context: RunContext) -> RunReport:
    started = time.monotonic()
    composition = context.composition
    landed = land_files(context)
    loaded, work = load_files(context, landed)
    built = build_levels(context, work)
    return RunReport(
        run_id=context.run_id,
        target=composition.target_name,
        started_at=context.started_at,
        seconds=time.monotonic() - started,
        batch_id=context.batch_id or None,
        stages=tuple(context.stages),
        packs=(*built.packs, *_unavailable(context.composition)),
        files=_files(context, loaded),
        refused=_refused(landed, loaded),
        failures=built.failures,
        notes=(*composition.notes, *_known(loaded), *loaded.notes, *_late(context, loaded)),
        report_path=built.report_path,
    )


@contextmanager
def _recorded(context: RunContext) -> Iterator[Callable[[str], None]]:
    """Tell the ledger and whoever watches that a run begins and how it ends, whatever happens."""
    composition = context.composition
    runs = context.ledger.runs
    started = time.monotonic()
    outcome = ["failed"]
    error: str | None = None
    runs.start(
        context.run_id,
        target=composition.target_name,
        packs=composition.selected,
        options={"full_refresh": context.full_refresh, "publishes": context.publishes},
        pid=os.getpid(),
        started_at=context.started_at,
    )
    context.on_event(RunStarted(context.run_id, composition.target_name, composition.selected))
    try:
        yield lambda status: outcome.__setitem__(0, status)
    except FintechError as cause:
        error, outcome[0] = cause.reason, ending_of(cause)
        raise
    except KeyboardInterrupt:
        outcome[0] = "interrupted"
        raise
    except Exception as cause:
        error = repr(cause)  # a bug: the ledger says so, too
        raise
    finally:
        runs.finish(context.run_id, outcome[0], error)
        context.on_event(RunFinished(context.run_id, outcome[0], time.monotonic() - started))


def _unavailable(composition: Composition) -> tuple[PackReport, ...]:
    return tuple(
        PackReport(pack.name, "unavailable", failure=Failure.of(pack.error))
        for pack in composition.unavailable
    )


def _known(loaded: LoadResult) -> Iterator[str]:
    if number := loaded.units_known:
        yield f"{counted(number, 'file')} {'was' if number == 1 else 'were'} known already"


def _late(context: RunContext, loaded: LoadResult) -> Iterator[str]:
    days = context.composition.settings.project.late_arrival_days
    return late_notes(loaded.units, context.late_rows, days=days)


def _files(context: RunContext, loaded: LoadResult) -> tuple[FileReport, ...]:
    return tuple(
        FileReport(
            table=unit.table_name,
            name=", ".join(unit.file_names),
            rows_in=unit.rows_in,
            loaded=unit.rows_loaded,
            quarantined=unit.rows_quarantined,
            duplicates=unit.rows_duplicate,
            late=context.late_rows.get(unit.unit_id, 0),
        )
        for unit in loaded.units
    )


def _refused(landed: LandResult, loaded: LoadResult) -> tuple[Failure, ...]:
    def failure(file: RefusedFile) -> Failure:
        if f"sources.{file.table}[" in file.reason:  # the reason says where it stands in fintech.toml
            return Failure(file.reason, file.fix)
        place = file.table if file.name in file.reason else f"{file.table}: {file.name}"
        return Failure(f"{place}: {file.reason}", file.fix)

    return tuple(map(failure, (*landed.refused, *loaded.refused)))
