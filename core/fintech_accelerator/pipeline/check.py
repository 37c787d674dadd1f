"""Stage 4: suites are evaluated on what was built, and decide whether it may be seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from fintech_accelerator.compose.composition import CORE
from fintech_accelerator.events import StepFinished
from fintech_accelerator.quality.gate import Gate, decide
from fintech_accelerator.quality.report import PackSection, RunSection, write_report
from fintech_accelerator.quality.requests import core_requests, requests_for, required_tables, results_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from fintech_accelerator.compose.enabled import EnabledPack
    from fintech_accelerator.pipeline.context import RunContext
    from fintech_accelerator.pipeline.report import PackReport
    from fintech_accelerator.quality.results import CheckRequest, SuiteResult
    from fintech_accelerator.quality.worker import CheckWorker


@dataclass(frozen=True)
class Checked:
    """What the rules found on a pack, and what its gate decided."""

    gate: Gate
    results: tuple[SuiteResult, ...]


@dataclass
class Checker:
    """Checks packs in a process of its own, which imports for seconds while dbt builds."""

    context: RunContext
    worker: CheckWorker
    since: str = CORE  # the pack to be built whose gate was last passed the longest ago
    checked: dict[str, Checked] = field(default_factory=dict)
    _core: dict[str, SuiteResult] = field(default_factory=dict)

    def check(self, packs: Sequence[str]) -> dict[str, Checked]:
        """Evaluate the suites of built packs, and of the core's tables that they are the first to require.

        Raises CheckError when the checking process fails, PackRefusedError for a suite that cannot be read.
        """
        chosen = [self.context.composition.pack(name) for name in packs]
        with self.context.stage("check") as outcome:
            core, own = self._requests(chosen)
            found = self._answers([*core, *(request for requests in own.values() for request in requests)])
            self._core |= dict(zip((request.relation for request in core), found, strict=False))
            rest = found[len(core) :]
            for pack in chosen:
                mine, rest = rest[: len(own[pack.name])], rest[len(own[pack.name]) :]
                results = results_for(pack, mine, self._core.values())
                self.checked[pack.name] = Checked(decide(results), results)
            statuses = {self.checked[pack.name].gate.status for pack in chosen}
            outcome.status = next((each for each in ("failed", "warned") if each in statuses), "ok")
        for pack in chosen:
            self._record(pack)
        return {pack.name: self.checked[pack.name] for pack in chosen}

    def write_report(self, reports: Mapping[str, PackReport]) -> Path | None:
        """Write the page of the rules' results and return its path; none when nothing was checked."""
        if not self.checked:
            return None
        composition = self.context.composition
        folder = composition.settings.workspace.reports
        run = RunSection(
            run_id=self.context.run_id,
            project=composition.settings.project.name,
            target=composition.target_name,
            started_at=self.context.started_at,
        )
        packs = [self._section(name, checked, reports[name]) for name, checked in self.checked.items()]
        page = folder / f"{self.context.run_id}.html"
        return write_report(page, run=run, packs=packs, failing_rows=folder / self.context.run_id)

    def _section(self, name: str, checked: Checked, report: PackReport) -> PackSection:
        pack = self.context.composition.pack(name)
        visible = f"publication {report.publication_id}" if report.publication_id else report.status
        return PackSection(
            pack=name,
            title=pack.manifest.title,
            gate=checked.gate,
            results=checked.results,
            publication=visible,
            capability_flags=pack.capability_flags,
            facts={"version": pack.manifest.version, "parameter set": pack.param_set_id},
        )

    def _requests(
        self, packs: Sequence[EnabledPack]
    ) -> tuple[tuple[CheckRequest, ...], dict[str, tuple[CheckRequest, ...]]]:
        context = self.context
        composition = context.composition
        folder = composition.settings.workspace.reports / context.run_id
        tables = set(required_tables(packs)) - set(self._core)
        with composition.engine.reading() as connection:
            core = core_requests(
                composition,
                connection,
                tables=tables,
                failing_rows=folder,
                full=context.full_refresh,
                since=self.since,
            )
            own = {
                pack.name: requests_for(
                    pack,
                    composition,
                    connection,
                    failing_rows=folder,
                    full=context.full_refresh,
                    place=partial(context.serving.schema_of, pack),
                )
                for pack in packs
            }
        return core, own

    def _answers(self, requests: Sequence[CheckRequest]) -> tuple[SuiteResult, ...]:
        return self.context.serving.check(self.worker, requests, on_result=self._tell)

    def _tell(self, result: SuiteResult) -> None:
        is_good = all(each.success for each in result.expectations)
        status = "ok" if is_good else "warned" if decide([result]).status != "failed" else "failed"
        self.context.on_event(
            StepFinished(self.context.run_id, "check", result.relation, status, seconds=result.seconds)
        )

    def _record(self, pack: EnabledPack) -> None:
        checked = self.checked[pack.name]
        ledger = self.context.ledger
        ledger.results.record(
            self.context.run_id,
            pack.name,
            checked.gate.as_plain(),
            [result.as_plain() for result in checked.results],
        )
        parameters = pack.parameters
        ledger.parameters.record_set(
            parameters.param_set_id,
            pack.name,
            {name: str(value) for name, value in parameters.values.items()},
            [
                [period.name, period.value, str(period.effective_from), str(period.effective_to or "")]
                for period in parameters.periods
            ],
            self.context.run_id,
        )
