"""What readers are served, on either engine: where marts are built, how far they are, and showing them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from fintech_accelerator.engines.publications import rollback

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import duckdb

    from fintech_accelerator.compose.enabled import EnabledPack
    from fintech_accelerator.engines.publications import Publication
    from fintech_accelerator.ledger import Slot
    from fintech_accelerator.pipeline.context import RunContext
    from fintech_accelerator.quality.gate import Gate
    from fintech_accelerator.quality.results import CheckRequest, SuiteResult
    from fintech_accelerator.quality.worker import CheckWorker
    from fintech_accelerator.settings import DuckDbTarget, RedshiftTarget, Settings


class Serving(Protocol):
    """Keeps what each pack has built on a target, and sends readers to what passed its gate."""

    def at_work(self, command: str) -> AbstractContextManager[None]:
        """Keep everybody else from working in the warehouse. Raises RunInProgressError, naming who does."""
        ...

    def asked(self) -> Mapping[str, Any]:
        """How much was asked of a warehouse that is elsewhere, and how its history names it; else nothing."""
        ...

    def prepare(self, staging: duckdb.DuckDBPyConnection) -> str:
        """Make ready what a run writes into; returns the warehouse's identity."""
        ...

    def deliver(self, staging: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
        """Bring loaded rows to where models are built, if that is another place than where they are typed.

        Rows that it does not take are quarantined; what is returned tells of them.
        """
        ...

    def slot(self, name: str, content: str) -> Slot | None:
        """What was built of this content and may be built on; of core, too."""
        ...

    def waiting(self) -> Mapping[str, Slot]:
        """What is built of each pack, whether it waits to be published or not."""
        ...

    def served(self) -> frozenset[str]:
        """The packs whose publication lies where readers look for it."""
        ...

    def begin(self, name: str, content: str, *, through: int) -> None:
        """Note that a pack is in the making: until its gate, nothing of it may be published."""
        ...

    def empty(self, name: str, staging: duckdb.DuckDBPyConnection) -> None:
        """Drop what was built of a pack where it is built next, or all of core."""
        ...

    def tell_models(self, staging: duckdb.DuckDBPyConnection, through: Mapping[str, int]) -> None:
        """Write what models read of a run: through which batch each pack is built, the dated parameters."""
        ...

    def build_target(self, name: str) -> str:
        """dbt's target to build a pack in."""
        ...

    def schema_of(self, pack: EnabledPack, schema: str) -> str:
        """Where what a pack serves as `schema` is built now."""
        ...

    def core_is_built(self) -> None:
        """Note how far core is: it has no gate of its own."""
        ...

    def check(
        self,
        worker: CheckWorker,
        requests: Sequence[CheckRequest],
        *,
        on_result: Callable[[SuiteResult], None],
    ) -> tuple[SuiteResult, ...]:
        """Have a worker evaluate suites on what is built. Raises CheckError and EnvironmentFailure."""
        ...

    def judged(self, pack: EnabledPack, *, is_open: bool, through: int) -> None:
        """Note what the gate decided on what was built."""
        ...

    def publish(self, pack: EnabledPack, gate: Gate, *, through: int) -> Publication:
        """Send readers to what is built. Raises PublishError and EnvironmentFailure."""
        ...

    def published(self, pack: EnabledPack, publication: Publication, *, through: int) -> None:
        """Note that a publication is shown and audited: the last step, after which nothing is done twice."""
        ...


def serving_of(context: RunContext) -> Serving:
    """The serving of the run's target."""
    if context.composition.target.engine == "duckdb":
        from fintech_accelerator.pipeline.serving.duckdb import DuckDbServing

        return DuckDbServing(context)
    from fintech_accelerator.pipeline.serving.redshift import RedshiftServing

    return RedshiftServing(context)


def roll_back_pack(
    settings: Settings, target: DuckDbTarget | RedshiftTarget, folder: Path, pack: str, *, to: int | None
) -> tuple[int, int]:
    """Send a pack's readers back; returns (left, serving). `folder` holds the target's publications."""
    if target.engine == "duckdb":
        return rollback(folder, pack, to=to)
    from fintech_accelerator.pipeline.serving.by_hand import roll_back_views

    return roll_back_views(settings, target, folder, pack, to=to)


@dataclass(frozen=True)
class Dropped:
    """What was dropped of a pack in a warehouse, and what others made in its schemas and is left there."""

    identity: str = ""  # the warehouse's; empty where nothing was built
    relations: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def drop_pack(target: DuckDbTarget | RedshiftTarget, path: Path, pack: str, *, state: Path) -> Dropped:
    """Drop all that a pack built on a target.

    `path` is the target's DuckDB file; without one nothing was built there. `state` is the project's folder.
    """
    if target.engine == "duckdb":
        from fintech_accelerator.pipeline.serving.duckdb import drop_built

        return drop_built(path, pack) if path.is_file() else Dropped()
    from fintech_accelerator.pipeline.serving.by_hand import drop_built as drop_slots

    return drop_slots(target, state, pack)
