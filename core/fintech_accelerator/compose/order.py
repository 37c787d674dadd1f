"""The order of packs: suppliers before those who import from them."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from fintech_accelerator.errors import PackError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from fintech_accelerator.packs.manifest import Manifest


def suppliers_first(packs: Mapping[str, Manifest]) -> list[str]:
    """The packs' names, each after those it imports from. Raises PackError for a circle, naming it."""
    suppliers = {
        name: {wanted.pack for wanted in manifest.imports.values()} & set(packs)
        for name, manifest in packs.items()
    }
    return [name for level in levels_of(suppliers) for name in level]


def levels_of(suppliers: Mapping[str, Collection[str]]) -> tuple[tuple[str, ...], ...]:
    """Packs in levels, each importing only from earlier ones. Raises PackError for a circle, naming it."""
    sorter = TopologicalSorter(suppliers)
    try:
        sorter.prepare()
    except CycleError as cause:
        raise PackError(
            f"packs import from each other in a circle: {' -> '.join(reversed(cause.args[1]))}",
            fix="disable one of them, or let its author drop the import",
        ) from cause
    levels = []
    while sorter.is_active():
        levels.append(tuple(sorted(sorter.get_ready())))
        sorter.done(*levels[-1])
    return tuple(levels)
