"""Stage 3: dbt builds core, then each pack's marts, in the schema that nobody reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.compose.composition import CORE
from fintech_accelerator.compose.seeds import unchanged_seeds
from fintech_accelerator.errors import BuildError, FintechError
from fintech_accelerator.pipeline.foreign_objects import Owned, foreign_failures, owned_places
from fintech_accelerator.pipeline.report import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fintech_accelerator.compose.runner import DbtRunner, ModelResult
    from fintech_accelerator.engines.engine import Engine
    from fintech_accelerator.pipeline.context import RunContext
    from fintech_accelerator.pipeline.slots import Work


@dataclass(frozen=True)
class Built:
    """How core and packs came out: rows of each relation, and the first failure of each that failed."""

    rows: dict[str, int]
    failures: dict[str, Failure]  # by package

    def rows_of(self, relations: Sequence[str]) -> int:
        """The rows of these relations together."""
        return sum(self.rows.get(name, 0) for name in relations)


def build_packs(context: RunContext, runner: DbtRunner, packages: Sequence[str], work: Work) -> Built:
    """Build packs whose suppliers are built, and core with the first of them."""
    if not packages:
        return Built({}, {})
    for name in packages:
        context.serving.begin(name, _content(context, name), through=work.through[name])
    with context.stage("build", total=_count(runner, packages)) as outcome:
        results: list[ModelResult] = []
        failures: dict[str, Failure] = {}
        for target, chosen in _by_target(context, packages).items():
            made, foreign = _build(context, runner.on(target), chosen)
            results += made
            failures |= foreign
        failures |= _failures(results)
        outcome.rows = sum(each.rows or 0 for each in results)
        outcome.status = "failed" if failures else "ok"
    for each in results:
        context.ledger.runs.step(
            context.run_id, each.name, each.package, each.rows, each.seconds, each.status
        )
    if CORE in packages and CORE not in failures:
        context.serving.core_is_built()
    return Built({each.name: each.rows for each in results if each.rows is not None}, failures)


def _build(
    context: RunContext, runner: DbtRunner, packages: Sequence[str]
) -> tuple[tuple[ModelResult, ...], dict[str, Failure]]:
    """Build packages in one of dbt's targets, and find those that touched what is not theirs."""
    engine, settings = context.composition.engine, context.composition.settings
    before = engine.objects()
    results = runner.run(
        [f"package:{name}" for name in packages], on_event=context.on_event, run_id=context.run_id
    )
    owned = _in_every_slot(engine, runner.target, owned_places(runner.manifest, packages))
    remembered = settings.workspace.state / f"foreign-objects-{context.composition.target_name}.json"
    return results, foreign_failures(before, engine.objects(), owned, remembered)


def _in_every_slot(engine: Engine, target: str, owned: Owned) -> Owned:
    """What packs own here, and under the same names in their other slots: a view there falls with core."""
    here = engine.schema_in("", target)
    others = [engine.schema_in("", each) for each in engine.build_targets if each != target]
    return {
        package: places
        | {
            (schema.removesuffix(here) + other, name)
            for schema, name in places
            for other in others
            if schema.endswith(here)
        }
        for package, places in owned.items()
    }


def _by_target(context: RunContext, packages: Sequence[str]) -> dict[str, list[str]]:
    """The packs by the target of dbt that builds them, core with the first: packs may be in several slots."""
    found: dict[str, list[str]] = {}
    for name in packages:
        if name != CORE:
            found.setdefault(context.serving.build_target(name), []).append(name)
    if CORE in packages:
        first = next(iter(found), context.composition.engine.build_targets[0])
        found = {first: [CORE, *found.pop(first, ())], **found}
    return found


def _content(context: RunContext, name: str) -> str:
    composition = context.composition
    return composition.core_content_hash if name == CORE else composition.pack(name).content_hash


def _failures(results: Sequence[ModelResult]) -> dict[str, Failure]:
    """The first failure of each package; one that was only skipped says because of whom."""
    found: dict[str, Failure] = {}
    for each in results:
        if each.status == "failed" and each.error is not None and each.package not in found:
            found[each.package] = Failure.of(each.error)
    for each in results:
        if each.status == "skipped" and each.package not in found:
            found[each.package] = Failure.of(_skipped(each))
    return found


def _skipped(each: ModelResult) -> FintechError:
    return BuildError(
        f"the model {each.name!r} was not built, because one that it reads failed",
        fix="see the failure named before; what was published before keeps serving",
    )


def _count(runner: DbtRunner, packages: Sequence[str]) -> int:
    """The steps to come: models that are built, and seeds that are not as they were loaded."""
    left_out = set(unchanged_seeds(runner.project, runner.manifest))
    return sum(
        node.package_name in packages
        and str(node.resource_type) in {"model", "seed"}
        and node.config.materialized != "ephemeral"
        and node.name not in left_out
        for node in runner.manifest.nodes.values()
    )
