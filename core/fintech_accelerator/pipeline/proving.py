"""Proves packs before they are enabled: what is refused here is never enabled."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from fintech_accelerator.errors import BuildError, FintechError, PackError, PackRefusedError
from fintech_accelerator.packs.lock import read_lock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fintech_accelerator.compose.composition import Composition
    from fintech_accelerator.contract import Contract
    from fintech_accelerator.ingest import Capabilities
    from fintech_accelerator.packs.discovery import Discovery
    from fintech_accelerator.packs.lock import LockedPack
    from fintech_accelerator.settings import Settings


class Prover:
    """Composes, renders and parses the project as it would be, and reads the packs' suites."""

    def __init__(self, settings: Settings, found: Discovery) -> None:
        self.before = settings
        self.found = found
        self.notes: list[str] = []

    def __call__(self, settings: Settings, lock: Mapping[str, LockedPack]) -> None:
        from fintech_accelerator.compose.composition import compose
        from fintech_accelerator.compose.render import render
        from fintech_accelerator.compose.runner import DbtRunner
        from fintech_accelerator.contract import load_contract

        approved = read_lock(settings.workspace.lock_file)
        new = {name for name in settings.packs if lock.get(name) != approved.get(name)}
        known = self._capabilities(settings, load_contract(), new)
        composition = compose(settings, capabilities=known, discovery=self.found, lock=lock)
        for each in composition.unavailable:
            if each.name in new:
                raise each.error
        _read_suites(composition)
        try:
            DbtRunner(render(composition)).parse()
        except BuildError as cause:  # not a failed run: the pack is no good
            self._clean_up()
            raise PackRefusedError(cause.reason, fix=cause.fix) from cause
        except FintechError:
            self._clean_up()
            raise

    def _capabilities(self, settings: Settings, contract: Contract, new: set[str]) -> Capabilities:
        """What the bank maps, and what packs ask for beyond it: they are proven before they can be built."""
        from fintech_accelerator.compose.inputs import Inputs
        from fintech_accelerator.ingest import Capabilities, capabilities

        try:
            known = capabilities(settings, contract)
        except FintechError as cause:
            self.notes.append(f"the sources cannot be read yet: {cause.reason}")
            known = Capabilities()
        mapped = dict(known.mapped)
        inputs = Inputs(contract, known)
        for name in sorted(new):
            manifest = self.found.packs[name].manifest
            try:
                inputs.check(manifest)
            except PackError as cause:
                self.notes.append(f"{cause.reason}; until then it is not built")
            for table, columns in manifest.requires.items():
                if table in contract.tables:
                    names = {each.name for each in contract.table(table).loadable}
                    asked = names if "*" in columns else names & set(columns)
                    mapped[table] = mapped.get(table, frozenset()) | asked
        return Capabilities(mapped=mapped, assumed=known.assumed)

    def _clean_up(self) -> None:
        """Leave nothing of a refused pack in the generated project."""
        from fintech_accelerator.compose.composition import compose
        from fintech_accelerator.compose.render import render

        try:
            if self.before.packs:
                render(compose(self.before))
                return
        except FintechError:  # the project itself is not in order: what is generated can be made again
            pass
        shutil.rmtree(self.before.workspace.dbt_project, ignore_errors=True)


def _read_suites(composition: Composition) -> None:
    """Read the packs' suites strictly: a rule that Great Expectations would drop silently is refused."""
    from fintech_accelerator.quality.requests import checked_suites

    for pack in composition.packs:
        checked_suites(pack, composition)
