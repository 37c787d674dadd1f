"""The enabled packs: which can be built with what this bank has, and which cannot and why."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.compose.inputs import Inputs
from fintech_accelerator.compose.order import suppliers_first
from fintech_accelerator.errors import FintechError, PackError, PackNotInstalledError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fintech_accelerator.contract import Contract
    from fintech_accelerator.ingest import Capabilities
    from fintech_accelerator.packs.dated import DatedValue, ResolvedParameters
    from fintech_accelerator.packs.discovery import Discovery, FoundPack
    from fintech_accelerator.packs.inspection import Inspection
    from fintech_accelerator.packs.lock import LockedPack
    from fintech_accelerator.packs.manifest import Manifest
    from fintech_accelerator.packs.marts import Mart
    from fintech_accelerator.settings import Settings


@dataclass(frozen=True)
class EnabledPack:
    """An enabled pack that can be built."""

    manifest: Manifest
    folder: Path
    files: Mapping[str, bytes]  # the bytes that were hashed and inspected; compose writes these
    lock_hash: str
    content_hash: str  # of the slot: changes when the marts have to be built from nothing
    parameters: ResolvedParameters
    capability_flags: tuple[str, ...]
    marts: tuple[Mart, ...]
    suppliers: tuple[str, ...]  # enabled packs it imports from

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def param_set_id(self) -> str:
        return self.parameters.param_set_id


@dataclass(frozen=True)
class UnavailablePack:
    """An enabled pack that cannot be built here, and why."""

    name: str
    error: FintechError


def check_pack_names(settings: Settings, discovery: Discovery) -> None:
    """Raise PackNotInstalledError for a pack that fintech.toml names and that nobody provides."""
    for name in sorted(settings.packs):
        if name in discovery.packs or name in discovery.broken:
            continue
        close = nearest(name, discovery.packs)
        instead = f"did you mean [packs.{close}]? Correct it" if close else "install what provides it"
        raise PackNotInstalledError(
            f"fintech.toml has [packs.{name}], but no installed pack is called {name!r} "
            f"(installed: {', '.join(sorted(discovery.packs)) or 'none'})",
            fix=f"{instead}, or take it out with `fintech packs disable {name}`",
        )


def enabled_packs(  # noqa: PLR0913  (everything that decides which packs can be built)
    settings: Settings,
    contract: Contract,
    discovery: Discovery,
    capabilities: Capabilities,
    core_hash: str,
    *,
    lock: Mapping[str, LockedPack] | None = None,
) -> tuple[list[EnabledPack], list[UnavailablePack], list[str]]:
    """Every pack named in fintech.toml, as one that can be built or one that cannot; and what to be told."""
    from fintech_accelerator.packs.dated import read_dated
    from fintech_accelerator.packs.lock import read_lock

    workshop = _Workshop(
        settings=settings,
        inputs=Inputs(contract, capabilities),
        discovery=discovery,
        lock=read_lock(settings.workspace.lock_file) if lock is None else lock,
        dated=read_dated(settings.workspace.parameters_file),
        core_hash=core_hash,
    )
    unavailable: dict[str, UnavailablePack] = {}
    usable: dict[str, FoundPack] = {}
    for name in sorted(settings.packs):
        try:
            usable[name] = workshop.usable(name)
        except PackError as cause:
            unavailable[name] = UnavailablePack(name, cause)
    enabled: dict[str, EnabledPack] = {}
    notes: list[str] = []
    for name in suppliers_first({name: found.manifest for name, found in usable.items()}):
        try:
            enabled[name] = workshop.enabled(usable[name], usable, enabled, notes)
        except PackError as cause:
            unavailable[name] = UnavailablePack(name, cause)
    return list(enabled.values()), [unavailable[name] for name in sorted(unavailable)], notes


@dataclass(frozen=True)
class _Workshop:
    settings: Settings
    inputs: Inputs
    discovery: Discovery
    lock: Mapping[str, LockedPack]
    dated: tuple[DatedValue, ...]
    core_hash: str

    def usable(self, name: str) -> FoundPack:
        """A pack whose manifest fits this contract. Raises PackError."""
        found = self.discovery.get(name)
        found.check_allowed(self.settings)
        self.inputs.check_contract(found.manifest)
        return found

    def enabled(
        self,
        found: FoundPack,
        usable: Mapping[str, FoundPack],
        enabled: Mapping[str, EnabledPack],
        notes: list[str],
    ) -> EnabledPack:
        """Verify, inspect and resolve one pack. Raises PackError, or SettingsError for its values.

        The bank's values come before its tables: a misspelt one is wrong whatever else is missing.
        """
        from fintech_accelerator.packs.files import hash_of

        manifest = found.manifest
        files = self._verified(found, notes)
        inspection = self._inspected(found, files)
        parameters = self._resolved(manifest, inspection)
        self.inputs.check_requirements(manifest)
        suppliers = check_imports(manifest, usable, enabled)
        lock_hash, flags = hash_of(files), self.inputs.flags(manifest)
        facts = [lock_hash, parameters.rebuild_hash, *flags, self.core_hash]
        facts += [f"{name}:{enabled[name].content_hash}" for name in suppliers]
        return EnabledPack(
            manifest=manifest,
            folder=found.location.folder,
            files=files,
            lock_hash=lock_hash,
            content_hash=hashlib.sha256(json.dumps(facts).encode()).hexdigest(),
            parameters=parameters,
            capability_flags=flags,
            marts=inspection.marts,
            suppliers=suppliers,
        )

    def _verified(self, found: FoundPack, notes: list[str]) -> dict[str, bytes]:
        """The pack's bytes, when they are those that were approved."""
        from fintech_accelerator.packs.files import read_pack_files
        from fintech_accelerator.packs.lock import verify

        files = read_pack_files(found.location.folder)
        note = verify(found, files, self.lock.get(found.name))
        if note:
            notes.append(note)
        return files

    def _inspected(self, found: FoundPack, files: Mapping[str, bytes]) -> Inspection:
        from fintech_accelerator.packs.inspection.cache import inspected

        return inspected(
            found.manifest, files, folder=found.location.folder, cache=self.settings.workspace.state
        )

    def _resolved(self, manifest: Manifest, inspection: Inspection) -> ResolvedParameters:
        from fintech_accelerator.packs.dated import resolve

        return resolve(
            inspection.parameters, self.settings.packs[manifest.name], self.dated, pack=manifest.name
        )


def check_imports(
    manifest: Manifest, usable: Mapping[str, FoundPack], enabled: Mapping[str, EnabledPack]
) -> tuple[str, ...]:
    """The enabled packs that this one imports from. Raises PackError for an import that cannot be met."""
    suppliers = set()
    for wanted in manifest.imports.values():
        if wanted.pack not in enabled:
            if not wanted.optional:
                raise PackError(
                    f"the pack {manifest.name!r} needs {wanted.relation!r} of the pack {wanted.pack!r}, "
                    "which is not available",
                    fix=f"run `fintech packs enable {wanted.pack}`, or disable {manifest.name!r}",
                )
            continue
        export = usable[wanted.pack].manifest.exports.get(wanted.relation)
        if export is None or export.version != wanted.version or export.restricted:
            offered = "not at all" if export is None else f"as version {export.version}"
            raise PackError(
                f"the pack {manifest.name!r} imports {wanted.relation!r} version {wanted.version}, "
                f"which {wanted.pack!r} exports "
                + ("only to restricted readers" if export and export.restricted else offered),
                fix="upgrade the older of the two packs, or disable one",
            )
        suppliers.add(wanted.pack)
    return tuple(sorted(suppliers))
