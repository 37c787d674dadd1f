"""Serving on Redshift: two slots a pack, serving views before them, their state in the schema ops."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fintech_accelerator.compose.composition import CORE
from fintech_accelerator.engines.duckdb import CORE_SCHEMAS
from fintech_accelerator.engines.publications import current, read_manifest, rollback, write_receipt
from fintech_accelerator.engines.redshift.copying import StagedUnit, copied_units, copy_units
from fintech_accelerator.engines.redshift.engine import RedshiftEngine
from fintech_accelerator.engines.redshift.marts import describe
from fintech_accelerator.engines.redshift.objects import landing_bucket
from fintech_accelerator.engines.redshift.serving import switch
from fintech_accelerator.engines.redshift.slots import (
    begin,
    drop_pack,
    drop_relations,
    passed,
    slot_schema,
)
from fintech_accelerator.engines.redshift.state import DIRTY, ServingSlots, read_slots, store_core
from fintech_accelerator.engines.redshift.tables import prepare_tables, write_slots
from fintech_accelerator.errors import IntegrityError, PublishError, unknown_name
from fintech_accelerator.events import StepFinished
from fintech_accelerator.ingest import loaded_units
from fintech_accelerator.ledger import Slot
from fintech_accelerator.packs.marts import relation_names
from fintech_accelerator.pipeline.publish import facts_of, publications_folder, to_publish
from fintech_accelerator.pipeline.serving.copy_refusals import CopyRefusals
from fintech_accelerator.pipeline.slots import content_hashes, period_rows, slot_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import duckdb

    from fintech_accelerator.compose.enabled import EnabledPack
    from fintech_accelerator.engines.engine import Place
    from fintech_accelerator.engines.publications import Publication
    from fintech_accelerator.engines.redshift.connection import Connection
    from fintech_accelerator.pipeline.context import RunContext
    from fintech_accelerator.quality.gate import Gate
    from fintech_accelerator.settings import RedshiftTarget


@dataclass
class RedshiftServing:
    """Files are typed and judged in the staging file; what passes is copied, and built in the spare slot."""

    context: RunContext
    _building: dict[str, str] = field(default_factory=dict)  # pack -> slot

    @property
    def target(self) -> RedshiftTarget:
        """The target's settings."""
        target = self.context.composition.target
        assert target.engine == "redshift"  # noqa: S101  (serving_of chose this class by it)
        return target

    def connect(self) -> Connection:
        """A session that bears the run's number."""
        return RedshiftEngine(self.target).connect(run_id=self.context.run_id)

    def prepare(self, staging: duckdb.DuckDBPyConnection) -> str:  # noqa: ARG002
        with self.connect() as connection:
            return prepare_tables(connection, self.context.composition.contract)

    def deliver(self, staging: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
        composition = self.context.composition
        with self.connect() as connection:
            copied = copied_units(connection)
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
                self.connect,
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
        for unit in loaded_units(staging):
            table = tables[unit.table_name]
            yield StagedUnit(unit.unit_id, table, unit.batch_id, unit.load_order, unit.rows_loaded)

    def _tell(self, unit: StagedUnit) -> None:
        self.context.on_event(StepFinished(self.context.run_id, "copy", unit.name, "ok", unit.rows))

    def slot(self, name: str, content: str) -> Slot | None:
        with self.connect() as connection:
            state = read_slots(connection, name)
        return self._slot(name, state, content)

    def waiting(self) -> Mapping[str, Slot]:
        contents = content_hashes(self.context.composition)
        with self.connect() as connection:
            states = {name: read_slots(connection, name) for name in contents if name != CORE}
        found = {name: self._slot(name, state, contents[name]) for name, state in states.items()}
        return {name: slot for name, slot in found.items() if slot is not None}

    def _slot(self, name: str, state: ServingSlots, content: str) -> Slot | None:
        """The slot that matters now: what serves if it is up to date and nothing waits, else the spare."""
        is_served = state.active_content == content and not state.waits
        if name == CORE or (is_served and state.active_through == self.context.batch_id):
            known = state.active_content, state.active_through, "published", state.publication_id
        elif state.spare_state == DIRTY and state.spare_content == content:
            known = state.spare_content, 0, "building", None
        else:
            status = "ready" if state.waits else "published"
            known = state.spare_content, state.builds_on(content), status, state.spare_publication_id
        built, through, status, publication_id = known
        if built != content:
            return None
        now = datetime.now(UTC).replace(tzinfo=None)
        return Slot(name, content, through or 0, status, publication_id, self.context.run_id, now)

    def served(self) -> frozenset[str]:
        with self.connect() as connection:
            rows = connection.rows("select pack from ops.serving_slots where active_slot is not null")
        return frozenset(str(pack) for (pack,) in rows)

    def begin(self, name: str, content: str, *, through: int) -> None:
        if name == CORE:
            return
        with self.connect() as connection:
            run_id = self.context.run_id
            self._building[name] = begin(connection, name, content, through=through, run_id=run_id)

    def empty(self, name: str, staging: duckdb.DuckDBPyConnection) -> None:  # noqa: ARG002
        if name == CORE:  # a pack's slot was emptied when it was begun
            with self.connect() as connection:
                for schema in CORE_SCHEMAS:
                    drop_relations(connection, schema)

    def tell_models(self, staging: duckdb.DuckDBPyConnection, through: Mapping[str, int]) -> None:  # noqa: ARG002
        composition = self.context.composition
        slots = slot_rows(composition, through, now=self.context.started_at)
        with self.connect() as connection:
            write_slots(connection, slots, period_rows(composition))

    def build_target(self, name: str) -> str:
        return self._building[name]

    def schema_of(self, pack: EnabledPack, schema: str) -> str:
        slot = self._building.get(pack.name)
        if slot is None:  # of an earlier run: built, checked, and in the spare
            with self.connect() as connection:
                slot = read_slots(connection, pack.name).spare_slot
        return slot_schema(schema, slot)

    def core_is_built(self) -> None:
        composition, context = self.context.composition, self.context
        with self.connect() as connection:
            store_core(connection, composition.core_content_hash, context.batch_id, run_id=context.run_id)

    def judged(self, pack: EnabledPack, *, is_open: bool, through: int) -> None:
        """A slot whose gate is closed stays dirty: the next build starts from nothing."""
        if not is_open:
            return
        with self.connect() as connection:
            passed(
                connection,
                pack.name,
                pack.content_hash,
                through=through,
                relations=_built_by(pack),
                run_id=self.context.run_id,
            )

    def publish(self, pack: EnabledPack, gate: Gate, *, through: int) -> Publication:
        context = self.context
        marts = _by_schema((mart.schema, mart.name) for mart in pack.marts)
        with self.connect() as connection:
            slot = read_slots(connection, pack.name).spare_slot
            records = describe(connection, [to_publish(mart) for mart in pack.marts], slot)
        shown = switch(self.connect, pack.name, marts, readers=self.target.readers, run_id=context.run_id)
        return write_receipt(
            publications_folder(context.composition),
            pack.name,
            shown.publication_id,
            records,
            facts_of(context, pack, gate, through) | {"slot": shown.slot},
            engine="redshift",
            now=context.started_at,
        )

    def published(self, pack: EnabledPack, publication: Publication, *, through: int) -> None:
        """It is noted where the views were switched."""


def _built_by(pack: EnabledPack) -> dict[str, set[str]]:
    """The relations that a pack builds, by the schema that they are served as."""
    schemas = {mart.name: mart.schema for mart in pack.marts}
    return _by_schema((schemas.get(name, pack.name), name) for name in relation_names(pack.files))


def _by_schema(places: Iterable[Place]) -> dict[str, set[str]]:
    """The names of relations, by schema."""
    found: dict[str, set[str]] = {}
    for schema, name in places:
        found.setdefault(schema, set()).add(name)
    return found


def roll_back_views(target: RedshiftTarget, folder: Path, pack: str, *, to: int | None) -> tuple[int, int]:
    """Point a pack's serving views at the publication before. Raises PublishError when there is none."""
    engine = RedshiftEngine(target)
    published = current(folder).get(pack, ())
    if not published:
        raise unknown_name("published pack", pack, current(folder))
    with engine.connect() as connection:
        before = read_slots(connection, pack)
    if to is not None and to != before.spare_publication_id:
        raise PublishError(
            f"{pack}: publication {to} is not kept (one step back is {before.spare_publication_id})",
            fix=f"`fintech rollback {pack}` goes back one step; on Redshift no other is kept",
        )
    marts = _by_schema(
        (f"{pack}_restricted" if mart.restricted else pack, mart.name)
        for mart in read_manifest(folder, pack, published[0]).marts
    )
    shown = switch(engine.connect, pack, marts, readers=target.readers, is_rollback=True, run_id="rollback")
    rollback(folder, pack, to=shown.publication_id)
    return shown.previous_id or 0, shown.publication_id


def drop_built(target: RedshiftTarget, pack: str) -> tuple[str, tuple[str, ...]]:
    """Drop a pack's slots and serving views; what somebody else made in its schema stays."""
    with RedshiftEngine(target).connect() as connection:
        identity = str(connection.value("select min(warehouse_id) from ops.warehouse"))
        dropped, _ = drop_pack(connection, pack)
    return identity, dropped
