"""The composed project, read by dbt; a pack with which it cannot be read is left out and named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fintech_accelerator.compose.composition import Composition, EnabledPack, UnavailablePack
from fintech_accelerator.compose.order import levels_of
from fintech_accelerator.compose.render import render
from fintech_accelerator.compose.runner import DbtRunner
from fintech_accelerator.errors import BuildError, FintechError, PackError, PackRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fintech_accelerator.pipeline.context import RunContext


def parsed_project(context: RunContext) -> DbtRunner:
    """Render and parse the composition; broken packs leave it. Raises BuildError for what is nobody's."""
    with context.stage("read packs"):
        try:
            return _parsed(context.composition)
        except (PackRefusedError, BuildError):
            reduced = _without_broken(context.composition)
            if len(reduced.packs) == len(context.composition.packs):
                raise  # each pack can be read beside the others: it is not one of them
            context.composition = reduced
        return _parsed(context.composition)


def _parsed(composition: Composition) -> DbtRunner:
    runner = DbtRunner(render(composition))
    runner.parse()
    return runner


def _without_broken(composition: Composition) -> Composition:
    """Add pack after pack, suppliers first: dbt stops at the first fault, whosever it is."""
    good: list[EnabledPack] = []
    broken: dict[str, FintechError] = {}
    for level in levels_of({pack.name: pack.suppliers for pack in composition.packs}):
        for pack in map(composition.pack, level):
            error = _held(pack, broken) or _fault(_of(composition, [*good, pack], broken))
            if error is None:
                good.append(pack)
            else:
                broken[pack.name] = error
    return _of(composition, good, broken)


def _fault(composition: Composition) -> FintechError | None:
    try:
        _parsed(composition)
    except (PackRefusedError, BuildError) as cause:
        return cause
    return None


def _held(pack: EnabledPack, broken: dict[str, FintechError]) -> PackError | None:
    for supplier in pack.suppliers:
        if supplier in broken:
            return PackError(
                f"the pack {pack.name!r} imports from {supplier!r}, which cannot be built",
                fix=f"see to {supplier!r}; what {pack.name!r} published before keeps serving",
            )
    return None


def _of(
    composition: Composition, packs: Sequence[EnabledPack], broken: dict[str, FintechError]
) -> Composition:
    names = {pack.name for pack in packs}
    levels = (tuple(name for name in level if name in names) for level in composition.levels)
    return replace(
        composition,
        packs=tuple(sorted(packs, key=lambda pack: pack.name)),
        levels=tuple(level for level in levels if level),
        unavailable=(
            *composition.unavailable,
            *(UnavailablePack(name, error) for name, error in broken.items()),
        ),
    )
