"""Serving on Redshift: two slots a pack, serving views before them, their state in the schema ops."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fintech_accelerator.clock import naive_now
from fintech_accelerator.compose.composition import CORE
from fintech_accelerator.contract.schemas import CORE_SCHEMAS
from fintech_accelerator.engines.publications import write_receipt
from fintech_accelerator.engines.redshift.copying import StagedUnit, copied_units, copy_units
from fintech_accelerator.engines.redshift.engine import RedshiftEngine
from fintech_accelerator.engines.redshift.lease import TakenOver, at_work
from fintech_accelerator.engines.redshift.login import log_in, query_label
from fintech_accelerator.engines.redshift.marts import describe
from fintech_accelerator.engines.redshift.objects import landing_bucket
from fintech_accelerator.engines.redshift.serving import switch
from fintech_accelerator.engines.redshift.slots import (
    begin,
    drop_relations,
    passed,
    refused,
    slot_schema,
)
from fintech_accelerator.engines.redshift.state import CLOSED, DIRTY, ServingSlots, read_slots, store_core
from fintech_accelerator.engines.redshift.tables import prepare_tables, write_slots
from fintech_accelerator.errors import IntegrityError
from fintech_accelerator.events import StepFinished
from fintech_accelerator.governance.retention_rows import retired_by_unit
from fintech_accelerator.ingest import loaded_units
from fintech_accelerator.ledger import Slot
from fintech_accelerator.packs.marts import relation_names
from fintech_accelerator.pipeline.publish import facts_of, publications_folder, to_publish
from fintech_accelerator.pipeline.securing import let_policies_look, readers_of, securing
from fintech_accelerator.pipeline.serving.copy_refusals import CopyRefusals
from fintech_accelerator.pipeline.slots import content_hashes, period_rows, slot_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import duckdb

    from fintech_accelerator.compose.enabled import EnabledPack
    from fintech_accelerator.engines.engine import Place
    from fintech_accelerator.engines.publications import Publication
    from fintech_accelerator.pipeline.context import RunContext
    from fintech_accelerator.quality.gate import Gate
    from fintech_accelerator.quality.results import CheckRequest, SuiteResult
    from fintech_accelerator.quality.worker import CheckWorker
    from fintech_accelerator.settings import RedshiftTarget


HALF = {DIRTY: "building", CLOSED: "built"}  # what holds no rows that may be built on


@dataclass
class RedshiftServing:
    """Files are typed and judged in the staging file; what passes is copied, and built in the spare slot."""

    context: RunContext
    _building: dict[str, str] = field(default_factory=dict)  # pack -> slot
    _taken_over: TakenOver | None = None

    @property
    def target(self) -> RedshiftTarget:
        """The target's settings."""
        target = self.context.composition.target
        assert target.engine == "redshift"  # noqa: S101  (serving_of chose this class by it)
        return target

    @property
    def engine(self) -> RedshiftEngine:
        """The composition's engine: the run's number and its session are there."""
        engine = self.context.composition.engine
        assert isinstance(engine, RedshiftEngine)  # noqa: S101  (the target says so)
        return engine

    @contextmanager
    def at_work(self, command: str) -> Iterator[None]:
        context = self.context
        folder = context.composition.settings.workspace.state
        with at_work(self.engine, folder, run_id=context.run_id, command=command) as self._taken_over:
            yield

    def asked(self) -> Mapping[str, Any]:
        asked, dead = self.engine.session.asked, self._taken_over
        facts = {
            "query_label": query_label(self.target, self.context.run_id),
            "statements": asked.statements,
            "sessions": asked.sessions,
            "dbt_statements": asked.by_dbt,
        }
        if dead is not None:
            facts |= {"took_over": dead.run_id, "ended_sessions": list(dead.sessions)}
        return facts

    def prepare(self, staging: duckdb.DuckDBPyConnection) -> str:  # noqa: ARG002
        contract = self.context.composition.contract
        return self.engine.session.ask(lambda connection: prepare_tables(connection, contract))

    def deliver(self, staging: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
        composition = self.context.composition
        copied = self.engine.session.ask(copied_units)
        staged = list(self._staged(staging))
        if lost := copied - {unit.unit_id for unit in staged}:
            raise IntegrityError(
                f"{len(lost)} loaded files are in Redshift, but not in {composition.warehouse}",
                fix="restore that file from a backup: it tells which rows are known",
            )
        new = [unit for unit in staged if unit.unit_id not in copied and unit.rows]
        if not new:
            return ()
        refusals = CopyRefusals(composition.settings.workspace, staging, self.context.started_at)
        with self.context.stage("copy", total=len(new)) as outcome:
            outcome.rows = copy_units(
                self.engine.session.lent,
                staging,
                landing_bucket(self.target, composition.settings.root),
                new,
                role=self.target.copy_role,
                folder=composition.settings.workspace.state / "copying",
                on_copied=self._tell,
                on_refused=refusals.quarantine,
            )
            outcome.status = "warned" if refusals.notes else "ok"
        return tuple(refusals.notes)

    def _staged(self, staging: duckdb.DuckDBPyConnection) -> Iterator[StagedUnit]:
        tables = self.context.composition.contract.tables
        retired = retired_by_unit(staging)
        for unit in loaded_units(staging):
            table, rows = tables[unit.table_name], unit.rows_loaded - retired.get(unit.unit_id, 0)
            yield StagedUnit(unit.unit_id, table, unit.batch_id, unit.load_order, rows)

    def _tell(self, unit: StagedUnit) -> None:
        self.context.on_event(StepFinished(self.context.run_id, "copy", unit.name, "ok", unit.rows))

    def slot(self, name: str, content: str) -> Slot | None:
        state = self._state(name)
        return self._slot(name, state, content)

    def waiting(self) -> Mapping[str, Slot]:
        contents = content_hashes(self.context.composition)
        found = {
            name: self._slot(name, self._state(name), content)
            for name, content in contents.items()
            if name != CORE
        }
        return {name: slot for name, slot in found.items() if slot is not None}

    def _slot(self, name: str, state: ServingSlots, content: str) -> Slot | None:
        """The slot that matters now: what serves if it is up to date and nothing waits, else the spare."""
        is_served = state.active_content == content and not state.waits
        if name == CORE or (is_served and state.active_through == self.context.batch_id):
            known = state.active_content, state.active_through, "published", state.publication_id
        elif state.spare_state in HALF and state.spare_content == content:
            known = state.spare_content, 0, HALF[state.spare_state], None
        else:
            status = "ready" if state.waits else "published"
            known = state.spare_content, state.builds_on(content), status, state.spare_publication_id
        built, through, status, publication_id = known
        if built != content:
            return None
        return Slot(name, content, through or 0, status, publication_id, None, naive_now())

    def served(self) -> frozenset[str]:
        rows = self.engine.session.ask(
            lambda connection: connection.rows(
                "select pack from ops.serving_slots where active_slot is not null"
            )
        )
        return frozenset(str(pack) for (pack,) in rows)

    def begin(self, name: str, content: str, *, through: int) -> None:
        if name == CORE:
            return
        run_id = self.engine.run_id
        self._building[name] = self.engine.session.ask(
            lambda connection: begin(connection, name, content, through=through, run_id=run_id)
        )

    def empty(self, name: str, staging: duckdb.DuckDBPyConnection) -> None:  # noqa: ARG002
        if name == CORE:  # a pack's slot was emptied when it was begun
            for schema in CORE_SCHEMAS:
                self.engine.session.ask(lambda connection, schema=schema: drop_relations(connection, schema))  # type: ignore[misc]

    def tell_models(self, staging: duckdb.DuckDBPyConnection, through: Mapping[str, int]) -> None:  # noqa: ARG002
        composition = self.context.composition
        slots = slot_rows(composition, through, now=self.context.started_at)
        periods = period_rows(composition)
        self.engine.session.ask(lambda connection: write_slots(connection, slots, periods))

    def build_target(self, name: str) -> str:
        return self._building[name]

    def schema_of(self, pack: EnabledPack, schema: str) -> str:
        slot = self._building.get(pack.name)
        # without one it is of an earlier run: built, checked, and in the spare
        return slot_schema(schema, slot or self._state(pack.name).spare_slot)

    def core_is_built(self) -> None:
        content, context = self.context.composition.core_content_hash, self.context
        self.engine.session.ask(
            lambda connection: store_core(connection, content, context.batch_id, run_id=context.run_id)
        )
        self.engine.session.ask(let_policies_look)

    def check(
        self,
        worker: CheckWorker,
        requests: Sequence[CheckRequest],
        *,
        on_result: Callable[[SuiteResult], None],
    ) -> tuple[SuiteResult, ...]:
        login = log_in(self.target, run_id=self.context.run_id)
        return worker.check_redshift(login, requests, on_result=on_result)

    def judged(self, pack: EnabledPack, *, is_open: bool, through: int) -> None:
        """On a slot whose gate is closed nothing is built: the next build starts from nothing."""
        if not is_open:
            self.engine.session.ask(
                lambda connection: refused(
                    connection, pack.name, pack.content_hash, run_id=self.engine.run_id
                )
            )
            return
        self.engine.session.ask(
            lambda connection: passed(
                connection,
                pack.name,
                pack.content_hash,
                through=through,
                relations=_built_by(pack),
                run_id=self.engine.run_id,
            )
        )

    def publish(self, pack: EnabledPack, gate: Gate, *, through: int) -> Publication:
        context = self.context
        marts = by_schema((mart.schema, mart.name) for mart in pack.marts)
        slot = self._state(pack.name).spare_slot
        described = [to_publish(mart) for mart in pack.marts]
        records = self.engine.session.ask(lambda connection: describe(connection, described, slot))
        # in a session of its own: its time-out is short
        shown = switch(
            self.engine.connect,
            pack.name,
            marts,
            secure=lambda connection: securing(
                connection, pack.name, lambda: readers_of(context.composition)
            ),
            is_override=gate.status == "overridden",
            run_id=self.engine.run_id,
        )
        return write_receipt(
            publications_folder(context.composition),
            pack.name,
            shown.publication_id,
            records,
            facts_of(context, pack, gate, through) | {"slot": shown.slot},
            engine="redshift",
            now=naive_now(),
        )

    def _state(self, pack: str) -> ServingSlots:
        return self.engine.session.ask(lambda connection: read_slots(connection, pack))

    def published(self, pack: EnabledPack, publication: Publication, *, through: int) -> None:
        """It is noted where the views were switched."""


def _built_by(pack: EnabledPack) -> dict[str, set[str]]:
    """The relations that a pack builds, by the schema that they are served as."""
    schemas = {mart.name: mart.schema for mart in pack.marts}
    return by_schema((schemas.get(name, pack.name), name) for name in relation_names(pack.files))


def by_schema(places: Iterable[Place]) -> dict[str, set[str]]:
    """The names of relations, by schema."""
    found: dict[str, set[str]] = {}
    for schema, name in places:
        found.setdefault(schema, set()).add(name)
    return found
