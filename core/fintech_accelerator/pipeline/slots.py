"""Which packs a run has to build, through which batch each is built, and telling the models so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.compose.composition import CORE
from fintech_accelerator.pipeline.reference_tables import packs_to_build_anew

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import duckdb

    from fintech_accelerator.compose.composition import Composition
    from fintech_accelerator.ledger.slots import Slot
    from fintech_accelerator.pipeline.context import RunContext


Row = tuple[Any, ...]


@dataclass(frozen=True)
class Work:
    """What there is to do: the packs to build (core among them), and through which batch each was built."""

    to_build: frozenset[str]
    through: Mapping[str, int]

    def needs(self, pack: str) -> bool:
        """Whether a pack has anything to build."""
        return pack in self.to_build

    @property
    def least_advanced(self) -> str:
        """The pack to build whose rows were found good through the earliest batch."""
        packs = sorted(self.to_build - {CORE})
        return min(packs, key=lambda name: self.through[name], default=CORE)


def plan_work(context: RunContext, connection: duckdb.DuckDBPyConnection) -> Work:
    """Find what has to be built, and drop what has to be built from nothing.

    A slot that is published, of the content enabled now and through the newest batch has nothing to do. One
    of other content, of a first build that did not end, or for which a reference table changed, starts from
    nothing.
    """
    served = context.serving.served()
    hashes = content_hashes(context.composition)
    selected = {CORE, *context.composition.selected}
    slots = {name: _slot_of(context, name, content) for name, content in hashes.items()}
    through = {name: slot.through_batch if slot else 0 for name, slot in slots.items()}
    through |= dict.fromkeys(packs_to_build_anew(connection, context.composition, through), 0)
    to_build = set()
    for name, content in hashes.items():
        slot, done = slots[name], through[name]
        is_current = slot is not None and slot.state == "published" and done == context.batch_id
        is_served = name == CORE or name in served
        if name in selected and not (is_current and is_served and done > 0):
            to_build.add(name)
            if done == 0:
                context.serving.begin(name, content, through=0)  # first: a kill may come between
                context.serving.empty(name, connection)
    if to_build:  # core.days_to_build says which days: the last build's is of other slots
        to_build.add(CORE)
    return Work(frozenset(to_build), through)


def _slot_of(context: RunContext, name: str, content: str) -> Slot | None:
    """What was built of this content, unless everything is to be built from nothing."""
    return None if context.full_refresh else context.serving.slot(name, content)


def content_hashes(composition: Composition) -> dict[str, str]:
    """The content of core and of every pack that can be built: what a slot is built from."""
    hashes = {CORE: composition.core_content_hash}
    return hashes | {pack.name: pack.content_hash for pack in composition.packs}


def slot_rows(composition: Composition, through: Mapping[str, int], *, now: datetime) -> list[Row]:
    """The rows of ops.pack_slots: of what each pack is built, and through which batch."""
    return [
        (name, content, through.get(name, 0), now) for name, content in content_hashes(composition).items()
    ]


def period_rows(composition: Composition) -> list[Row]:
    """The rows of ops.parameter_values: the dated parameters."""
    return [
        (each.pack, each.name, each.value, each.effective_from, each.effective_to)
        for each in composition.parameter_periods
    ]
