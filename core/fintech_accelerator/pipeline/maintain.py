"""Maintenance of a target: what there is to do, in rows and bytes, and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import partial
from typing import TYPE_CHECKING

from fintech_accelerator.contract.schemas import RAW_SCHEMA
from fintech_accelerator.engines.duckdb import catalogue, open_warehouse, warehouse_id
from fintech_accelerator.engines.duckdb_maintenance import (
    checkpoint,
    copying_folders,
    old_files,
    serving_before,
    size_of,
    temporary_folders,
)
from fintech_accelerator.engines.machine import machine_failures
from fintech_accelerator.engines.maintenance import Action, Task
from fintech_accelerator.governance.retention import LANDING, RELATIONSHIP, retention_of
from fintech_accelerator.governance.retention_rows import find_parties, find_rows, last_retired, retire
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.ledger.run_lock import run_lock
from fintech_accelerator.pipeline.maintain_duckdb import DuckDbWork
from fintech_accelerator.pipeline.maintain_redshift import RedshiftWork
from fintech_accelerator.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fintech_accelerator.governance.retention_rows import Retired
    from fintech_accelerator.ledger import Ledger
    from fintech_accelerator.settings import Settings

RUNS_LOOKED_AT = 50
REBUILD = "core and every pack are built from nothing by the next run: `fintech run`, then maintain again"


@dataclass(frozen=True)
class Maintenance:
    """What maintenance found; `findings` are for a person, nothing is done about them."""

    target: str
    engine: str
    is_applied: bool
    actions: tuple[Action, ...]
    findings: tuple[Action, ...] = ()
    notes: tuple[str, ...] = ()


def maintain(
    settings: Settings, *, target: str | None = None, is_applied: bool = False, now: datetime | None = None
) -> Maintenance:
    """Look what a target needs; with `is_applied` do it, each action an event of the audit trail.

    Raises UsageError for a wrong target or retention, RunInProgressError, and EnvironmentFailure.
    """
    with machine_failures("maintaining"):
        if not is_applied:
            with open_ledger(settings.workspace.ledger, read_only=True) as ledger:
                work = _Work(settings, ledger, target, now or datetime.now(UTC))
                actions = tuple(action for task in work.tasks() for action in task.actions)
            return work.found(actions, is_applied=False)
        with (
            run_lock(settings.workspace.run_lock, command="fintech maintain --apply"),
            open_ledger(settings.workspace.ledger) as ledger,
        ):
            work = _Work(settings, ledger, target, now or datetime.now(UTC))
            with work.serving.alone():
                return work.found(tuple(_done(work, ledger)), is_applied=True)


def _done(work: _Work, ledger: Ledger) -> Iterator[Action]:
    """Do one task after the other; what was done before a failure is done and told."""
    for task in work.tasks():
        task.do()
        for action in task.actions:
            details = {"target": work.name, "action": action.kind, "what": action.what, "why": action.why}
            ledger.audit.append("maintained", {**details, "rows": action.rows, "bytes": action.bytes})
            yield action


class _Work:
    """Everything that one target needs at one moment."""

    def __init__(self, settings: Settings, ledger: Ledger, target: str | None, now: datetime) -> None:
        self.settings = settings
        self.ledger = ledger
        self.now = now
        self.name, self.target = settings.target(target)
        self.retention = retention_of(settings)
        self.path = settings.warehouse(self.target)
        self.notes: list[str] = []
        self.serving: DuckDbWork | RedshiftWork = (
            RedshiftWork(settings, self.target)
            if self.target.engine == "redshift"
            else DuckDbWork(self.publications)
        )

    @property
    def publications(self) -> Path:
        return self.settings.workspace.publications / self.name

    def found(self, actions: tuple[Action, ...], *, is_applied: bool) -> Maintenance:
        findings = self.serving.findings()  # it may note something, too
        notes = (*self.notes, *self.serving.notes)
        return Maintenance(self.name, self.target.engine, is_applied, actions, findings, notes)

    def tasks(self) -> Iterator[Task]:
        """What there is to do, in this order: rows go first, then what held them."""
        retired, emptied_at = self._retired()
        if retired:
            yield self._retirement(retired)
            self.notes.append(REBUILD)
            emptied_at = self.now.replace(tzinfo=None)
        elif emptied_at and (waiting := serving_before(self.publications, emptied_at)):
            packs = ", ".join(waiting)
            self.notes.append(f"{packs}: what serves was published before rows were deleted; {REBUILD}")
        yield from checkpoint(self.path)
        yield from self.serving.tasks(now=self.now, emptied_at=emptied_at)
        yield from self._landed_files()
        yield from copying_folders(self.settings.workspace.state / "copying")
        yield from temporary_folders(now=self.now)

    def _retired(self) -> tuple[tuple[Retired, ...], datetime | None]:
        """The rows that are kept no longer, and when rows were last deleted."""
        if not self.path.is_file():
            return (), None
        today = self.now.date()
        with open_warehouse(self.path, read_only=True) as connection:
            if (RAW_SCHEMA, "customers") not in catalogue(connection):
                return (), None
            find_parties(connection, self.retention.of_rows(today).get(RELATIONSHIP), self.retention.held)
            return tuple(find_rows(connection, self.retention, today)), last_retired(connection)

    def _retirement(self, retired: tuple[Retired, ...]) -> Task:
        actions = tuple(
            Action(
                "delete rows",
                f"{RAW_SCHEMA}.{each.table}",
                f"{each.policy.table}: before {each.cutoff}; {each.policy.words}",
                rows=each.rows,
            )
            for each in retired
        )
        return Task(actions, partial(self._retire, retired))

    def _retire(self, retired: tuple[Retired, ...]) -> None:
        """First what was built is forgotten: a kill in between costs a build, and keeps no deleted row."""
        cutoff = self.retention.of_rows(self.now.date()).get(RELATIONSHIP)
        with open_warehouse(self.path) as connection:
            identity = warehouse_id(connection)
            for pack in self.ledger.slots.all(identity):
                self.ledger.slots.forget(identity, pack)
            self.serving.retire(retired, cutoff, self.retention.held)
            find_parties(connection, cutoff, self.retention.held)
            retire(connection, retired, at=self.now.replace(tzinfo=None))
            connection.execute("force checkpoint")

    def _landed_files(self) -> Iterator[Task]:
        cutoff = self.retention.policies[LANDING].cutoff(self.now.date())
        if cutoff is None:
            return
        if self.retention.held:
            self.notes.append("landed files all stay while there are legal holds: a file may have their rows")
            return
        before = datetime.combine(cutoff, time(), UTC)
        offered = _offered(self.ledger)
        kept = 0
        for path, is_offered in old_files(
            self.settings.workspace.landing, before=before, kept=offered or frozenset()
        ):
            if is_offered or offered is None:
                kept += 1
                continue
            why = f"landed before {cutoff}; {self.retention.policies[LANDING].words}"
            name = f"landing/{path.parent.name}/{path.name}"
            yield Task((Action("remove landed file", name, why, bytes=size_of([path])),), path.unlink)
        if kept:
            self.notes.append(f"{counted(kept, 'old landed file')} stay: their sources still offer them")


def _offered(ledger: Ledger) -> frozenset[str] | None:
    """The content that sources offered at the newest run that looked, or None when none did."""
    for run in ledger.runs.recent(RUNS_LOOKED_AT):
        if files := ledger.batches.landed_files(run.run_id):
            return frozenset(file.sha256 for file in files)
    return None
