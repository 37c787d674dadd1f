"""The packs, level by level: suppliers are built, checked and published before their importers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fintech_accelerator.compose.composition import CORE
from fintech_accelerator.engines.publications import current, newest_day, read_manifest
from fintech_accelerator.errors import FintechError
from fintech_accelerator.pipeline.build import Built, build_packs
from fintech_accelerator.pipeline.check import Checked, Checker
from fintech_accelerator.pipeline.project import parsed_project
from fintech_accelerator.pipeline.publish import publications_folder, publish_pack
from fintech_accelerator.pipeline.report import Failure, PackReport
from fintech_accelerator.quality.gate import Gate
from fintech_accelerator.quality.kept_worker import lent_worker

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fintech_accelerator.compose.runner import DbtRunner
    from fintech_accelerator.pipeline.context import RunContext
    from fintech_accelerator.pipeline.slots import Work


@dataclass(frozen=True)
class LevelsReport:
    """How the selected packs came out, what failed in core, and where the page of the rules lies."""

    packs: tuple[PackReport, ...]
    failures: tuple[Failure, ...] = ()
    report_path: Path | None = None


@dataclass
class _Levels:
    context: RunContext
    work: Work
    runner: DbtRunner
    checker: Checker
    core: tuple[str, ...]  # core, as long as it is to be built
    reports: dict[str, PackReport] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def build(self, level: Sequence[str]) -> None:
        """Build, check and publish the packs of one level, whose suppliers have been before."""
        waiting = {name: supplier for name in level if (supplier := self._held_by(name))}
        for name, supplier in waiting.items():
            self.reports[name] = _held(name, supplier)
        chosen = [name for name in level if name not in waiting]
        for name in chosen:
            if not self.work.needs(name):
                self.reports[name] = _unchanged(self.context, name)
        chosen = [name for name in chosen if self.work.needs(name)]
        built = build_packs(self.context, self.runner, [*self.core, *chosen], self.work)
        if CORE in built.failures:
            self.failures.append(built.failures[CORE])
        else:
            self.core = ()
        for name in chosen:
            if name in built.failures:
                self.reports[name] = PackReport(name, "failed", failure=built.failures[name])
        self._check([name for name in chosen if name not in built.failures], built)

    def _check(self, packs: Sequence[str], built: Built) -> None:
        if not packs:
            return
        try:
            checked = self.checker.check(packs)
        except FintechError as cause:
            if len(packs) > 1:  # a suite that cannot be evaluated is one pack's fault
                for name in packs:
                    self._check([name], built)
            else:
                self.reports[packs[0]] = PackReport(packs[0], "failed", failure=Failure.of(cause))
            return
        for name in packs:
            self.reports[name] = self._publish(name, checked[name], built)

    def _publish(self, name: str, checked: Checked, built: Built) -> PackReport:
        context = self.context
        pack = context.composition.pack(name)
        is_open = checked.gate.status != "failed"
        through = context.batch_id if is_open else self.work.through[name]
        context.serving.judged(pack, is_open=is_open, through=through)
        report = PackReport(
            name,
            "ready",
            marts=len(pack.marts),
            rows=built.rows_of([mart.name for mart in pack.marts]),
            gate=checked.gate,
            capability_flags=pack.capability_flags,
        )
        if not is_open:
            return replace(report, status="blocked", failure=_blocked(name, checked))
        if not context.publishes:
            return report
        try:
            publication = publish_pack(context, name, checked.gate, through_batch=context.batch_id)
        except FintechError as cause:
            return replace(report, status="failed", failure=Failure.of(cause))
        return replace(
            report,
            status="published",
            publication_id=publication.publication_id,
            newest=newest_day(mart.newest for mart in publication.marts),
        )

    def _held_by(self, name: str) -> str | None:
        """The supplier that keeps a pack waiting: one that this run could not bring up to date."""
        for supplier in self.context.composition.pack(name).suppliers:
            report = self.reports.get(supplier)
            if not (report.is_good if report is not None else self._is_up_to_date(supplier)):
                return supplier
        return None

    def _is_up_to_date(self, supplier: str) -> bool:
        """Whether a supplier that is not of this run has all rows, checked: an importer is built on them."""
        context = self.context
        slot = context.serving.slot(supplier, context.composition.pack(supplier).content_hash)
        return (
            slot is not None
            and slot.state in {"ready", "published"}
            and slot.through_batch == context.batch_id
        )


def build_levels(context: RunContext, work: Work) -> LevelsReport:
    """Bring core and the selected packs up to date. A pack that fails leaves the others alone."""
    if not work.to_build:
        return LevelsReport(tuple(_unchanged(context, name) for name in context.composition.selected))
    with lent_worker() as worker:
        checker = Checker(context, worker, since=work.least_advanced)
        runner = parsed_project(context)
        levels = _Levels(context, work, runner, checker, core=(CORE,) if work.needs(CORE) else ())
        for level in context.composition.levels or ((),):
            levels.build(level)
        report_path = checker.write_report(levels.reports)
    return LevelsReport(tuple(levels.reports.values()), tuple(levels.failures), report_path)


def _held(name: str, supplier: str) -> PackReport:
    return PackReport(
        name,
        "held",
        failure=Failure(
            f"the pack {name!r} waits for {supplier!r}, which it imports from and which is not up to date",
            fix=f"see to {supplier!r} and run both; what {name!r} published before keeps serving",
        ),
    )


def _blocked(name: str, checked: Checked) -> Failure:
    reasons = checked.gate.reasons
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return Failure(
        f"the gate of {name!r} is closed: {reasons[0]}{more}",
        fix=f"`fintech results --pack {name} --failed` shows the rules and rows; "
        "what was published before keeps serving",
    )


def _unchanged(context: RunContext, name: str) -> PackReport:
    pack = context.composition.pack(name)
    folder = publications_folder(context.composition)
    number = current(folder)[name][-1]  # what serves, which is another than the newest after a rollback
    manifest = read_manifest(folder, name, number)
    return PackReport(
        name,
        "unchanged",
        marts=len(pack.marts),
        rows=manifest.rows,
        gate=Gate.from_plain(manifest.facts["gate"]),
        publication_id=number,
        newest=manifest.newest_day,
        capability_flags=pack.capability_flags,
    )
