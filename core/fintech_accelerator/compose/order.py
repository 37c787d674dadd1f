"""The order of packs: suppliers before those who import from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.errors import PackError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fintech_accelerator.packs.manifest import Manifest


def suppliers_first(packs: Mapping[str, Manifest]) -> list[str]:
    """The packs' names, each after those it imports from. Raises PackError for a circle, naming it."""
    ordered: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = " -> ".join([*path[path.index(name) :], name])
            raise PackError(
                f"packs import from each other in a circle: {circle}",
                fix="disable one of them, or let its author drop the import",
            )
        if name not in ordered:
            for supplier in sorted({wanted.pack for wanted in packs[name].imports.values()} & set(packs)):
                visit(supplier, (*path, name))
            ordered.append(name)

    for name in sorted(packs):
        visit(name, ())
    return ordered


def levels_of(suppliers: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Packs in levels, each importing only from earlier ones; `suppliers` are known to form no circle."""
    depth: dict[str, int] = {}

    def depth_of(name: str) -> int:
        if name not in depth:
            depth[name] = 1 + max((depth_of(supplier) for supplier in suppliers[name]), default=-1)
        return depth[name]

    levels: dict[int, list[str]] = {}
    for name in sorted(suppliers):
        levels.setdefault(depth_of(name), []).append(name)
    return tuple(tuple(levels[level]) for level in sorted(levels))
