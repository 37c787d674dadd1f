"""Serving on DuckDB: one schema a pack to build in, Parquet publications to read, slots in the ledger."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.clock import naive_now
from fintech_accelerator.compose.composition import CORE
from fintech_accelerator.engines.duckdb import (
    drop_core_relations,
    drop_pack_relations,
    forget_slot,
    open_warehouse,
    prepare_operations,
    warehouse_id,
    write_slots,
)
from fintech_accelerator.engines.publications import current, publish
from fintech_accelerator.pipeline.publish import facts_of, publications_folder, to_publish
from fintech_accelerator.pipeline.serving import Dropped
from fintech_accelerator.pipeline.slots import period_rows, slot_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from fintech_accelerator.compose.enabled import EnabledPack
    from fintech_accelerator.engines.publications import Publication
    from fintech_accelerator.ledger import Slot
    from fintech_accelerator.pipeline.context import RunContext
    from fintech_accelerator.quality.gate import Gate
    from fintech_accelerator.quality.results import CheckRequest, SuiteResult
    from fintech_accelerator.quality.worker import CheckWorker


@dataclass(frozen=True)
class DuckDbServing:
    """The warehouse is the file into which rows are loaded; there is one slot a pack."""

    context: RunContext

    def at_work(self, command: str) -> AbstractContextManager[None]:  # noqa: ARG002
        return nullcontext()  # the run lock and the file's own do that

    def asked(self) -> Mapping[str, Any]:
        return {}

    def prepare(self, staging: duckdb.DuckDBPyConnection) -> str:
        return warehouse_id(staging)

    def deliver(self, staging: duckdb.DuckDBPyConnection) -> tuple[str, ...]:  # noqa: ARG002
        """They are there."""
        return ()

    def slot(self, name: str, content: str) -> Slot | None:
        slot = self.context.ledger.slots.get(self.context.warehouse_id, name)
        return slot if slot is not None and slot.content_hash == content else None

    def waiting(self) -> Mapping[str, Slot]:
        return self.context.ledger.slots.all(self.context.warehouse_id)

    def served(self) -> frozenset[str]:
        """The packs whose publication is on the disk: somebody may have taken it away."""
        folder = publications_folder(self.context.composition)
        published = current(folder).items()
        return frozenset(name for name, ids in published if (folder / name / str(ids[-1])).is_dir())

    def begin(self, name: str, content: str, *, through: int) -> None:
        self._moved(name, content, through, "building")

    def empty(self, name: str, staging: duckdb.DuckDBPyConnection) -> None:
        if name == CORE:
            drop_core_relations(staging)
        else:
            drop_pack_relations(staging, name)

    def tell_models(self, staging: duckdb.DuckDBPyConnection, through: Mapping[str, int]) -> None:
        composition = self.context.composition
        slots = slot_rows(composition, through, now=self.context.started_at)
        write_slots(staging, slots, period_rows(composition))

    def build_target(self, name: str) -> str:  # noqa: ARG002  (all packs are built in one place)
        return self.context.composition.engine.build_targets[0]

    def schema_of(self, pack: EnabledPack, schema: str) -> str:  # noqa: ARG002
        return schema

    def core_is_built(self) -> None:
        content = self.context.composition.core_content_hash
        self._moved(CORE, content, self.context.batch_id, "published")

    def check(
        self,
        worker: CheckWorker,
        requests: Sequence[CheckRequest],
        *,
        on_result: Callable[[SuiteResult], None],
    ) -> tuple[SuiteResult, ...]:
        composition = self.context.composition
        return worker.check(
            composition.warehouse,
            requests,
            memory_limit=composition.target.memory_limit,
            threads=composition.target.threads,
            temporary=composition.settings.workspace.dbt_project / "temporary",
            on_result=on_result,
        )

    def judged(self, pack: EnabledPack, *, is_open: bool, through: int) -> None:
        self._moved(pack.name, pack.content_hash, through, "ready" if is_open else "built")

    def publish(self, pack: EnabledPack, gate: Gate, *, through: int) -> Publication:
        context = self.context
        composition = context.composition
        target = composition.target
        with open_warehouse(
            composition.warehouse, read_only=True, memory_limit=target.memory_limit, threads=target.threads
        ) as connection:
            return publish(
                connection,
                publications_folder(composition),
                pack.name,
                [to_publish(mart) for mart in pack.marts],
                facts_of(context, pack, gate, through),
                now=naive_now(),
            )

    def published(self, pack: EnabledPack, publication: Publication, *, through: int) -> None:
        """The ledger's turn, after the pointer was swapped."""
        ledger, warehouse = self.context.ledger, self.context.warehouse_id
        ledger.relations.own(warehouse, pack.name, [(mart.schema, mart.name) for mart in pack.marts])
        self._moved(pack.name, pack.content_hash, through, "published", publication.publication_id)

    def _moved(
        self, name: str, content: str, through: int, state: str, publication_id: int | None = None
    ) -> None:
        self.context.ledger.slots.moved(
            self.context.warehouse_id,
            name,
            content_hash=content,
            through_batch=through,
            state=state,
            publication_id=publication_id,
            run_id=self.context.run_id,
        )


def drop_built(path: Path, pack: str) -> Dropped:
    """Drop a pack's relations and forget what models are told of it."""
    with open_warehouse(path) as connection:
        prepare_operations(connection)
        dropped = drop_pack_relations(connection, pack)
        forget_slot(connection, pack)
        return Dropped(warehouse_id(connection), dropped)
