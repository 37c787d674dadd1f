"""Maintenance of a Redshift target: statistics, vacuum, rows deleted for good, and what a person decides."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fintech_accelerator.compose.composition import core_folder
from fintech_accelerator.engines.maintenance import Action, Task
from fintech_accelerator.engines.redshift.engine import RedshiftEngine
from fintech_accelerator.engines.redshift.lease import at_work
from fintech_accelerator.engines.redshift.maintenance import (
    empty_spare,
    findings,
    forget_built,
    outdated_spares,
    packs_built,
    read_statistics,
    recommendations,
    statements,
    thresholds,
)
from fintech_accelerator.engines.redshift.tables import is_prepared
from fintech_accelerator.errors import EnvironmentFailure
from fintech_accelerator.governance.retention_rows import delete_rows, find_parties
from fintech_accelerator.packs.discovery import discover
from fintech_accelerator.packs.inspection.physical_design import reason_of
from fintech_accelerator.packs.marts import described_models
from fintech_accelerator.pipeline.context import id_by_hand
from fintech_accelerator.strict_yaml import load

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from contextlib import AbstractContextManager
    from datetime import date, datetime
    from pathlib import Path

    from fintech_accelerator.engines.redshift.connection import Connection
    from fintech_accelerator.engines.redshift.maintenance import TableFacts
    from fintech_accelerator.governance.retention_rows import Retired
    from fintech_accelerator.settings import RedshiftTarget, Settings


class RedshiftWork:
    """What one Redshift target needs."""

    def __init__(self, settings: Settings, target: RedshiftTarget) -> None:
        self.settings = settings
        self.engine = RedshiftEngine(target)
        self.notes: list[str] = []

    def alone(self) -> AbstractContextManager[object]:
        """Hold the warehouse's lease, as a run does. Raises RunInProgressError when somebody else does."""
        run_id = id_by_hand("maintain")
        folder = self.settings.workspace.state
        return at_work(self.engine, folder, run_id=run_id, command="fintech maintain --apply")

    def tasks(self, *, now: datetime, emptied_at: datetime | None) -> Iterator[Task]:  # noqa: ARG002
        """Spares that have deleted rows, then tables past their marks."""
        with self.engine.connect() as connection:
            if not is_prepared(connection):
                return
            for pack in outdated_spares(connection):
                why = "it has rows that were deleted for good since; nobody reads it"
                action = Action("empty spare slot", pack, why)
                yield Task((action,), partial(empty_spare, connection, pack))
            marks = thresholds()
            for facts in self._statistics(connection):
                for action, statement in statements(facts, marks):
                    yield Task((action,), partial(_run, connection, statement))

    def findings(self) -> tuple[Action, ...]:
        """What a person decides."""
        with self.engine.connect() as connection:
            if not is_prepared(connection):
                return ()
            tables = self._statistics(connection)
            found = tuple(findings(tables, thresholds(), declared_reasons(self.settings)))
            try:
                advised = tuple(recommendations(connection, tables))
            except EnvironmentFailure as cause:  # only superusers see the Advisor's
                self._note(f"the Advisor's recommendations cannot be read: {cause.reason}")
                advised = ()
        return (*found, *advised)

    def retire(self, retired: Collection[Retired], cutoff: date | None, held: Collection[str]) -> None:
        """Delete rows for good in the warehouse, before they are deleted where they were typed."""
        with self.engine.connect() as connection:
            if not is_prepared(connection):
                return
            forget_built(connection)
            find_parties(connection, cutoff, held)
            with connection.transaction():
                delete_rows(connection, retired)

    def _statistics(self, connection: Connection) -> tuple[TableFacts, ...]:
        try:
            return read_statistics(connection, packs_built(connection))
        except EnvironmentFailure as cause:
            user = connection.login.credentials.user
            self._note(
                f"the tables' statistics cannot be read: {cause.reason}; a superuser types"
                f' `grant select on svv_table_info to "{user}"`'
            )
            return ()

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def _run(connection: Connection, statement: str) -> None:
    connection.execute(statement)


def declared_reasons(settings: Settings) -> dict[str, str]:
    """By model: why it sets distribution or sort key itself."""
    packs = discover(settings).packs
    enabled = (packs[name].location.folder / "dbt" for name in settings.packs if name in packs)
    return {
        model: reason for folder in (core_folder(), *enabled) for model, reason in _reasons_in(folder).items()
    }


def _reasons_in(folder: Path) -> dict[str, str]:
    documents = {str(path): load(path) for path in sorted((folder / "models").rglob("*.yml"))}
    reasons = {name: reason_of(entry) for name, (_, _, entry) in described_models(documents).items()}
    return {name: reason for name, reason in reasons.items() if reason}
