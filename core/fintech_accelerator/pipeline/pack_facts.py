"""What there is to know of packs before and after they are enabled. Listing them imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.packs.discovery import discover
from fintech_accelerator.packs.files import hash_of, read_pack_files
from fintech_accelerator.packs.lock import read_lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from fintech_accelerator.contract import Contract
    from fintech_accelerator.ingest import Capabilities
    from fintech_accelerator.packs.discovery import FoundPack
    from fintech_accelerator.packs.lock import LockedPack
    from fintech_accelerator.packs.manifest import Manifest
    from fintech_accelerator.packs.marts import Mart
    from fintech_accelerator.pipeline.parameters import ParameterRow
    from fintech_accelerator.settings import Settings


@dataclass(frozen=True)
class PackEntry:
    """One line of the list. `state` is available, enabled, changed (not as approved), broken or missing."""

    name: str
    state: str
    version: str
    title: str
    summary: str
    origin: str
    problem: str = ""
    fix: str = ""


@dataclass(frozen=True)
class Need:
    """A column a pack asks for. `need` is required or improves; `state` mapped, assumed, core or missing."""

    table: str
    column: str
    need: str
    state: str


@dataclass(frozen=True)
class Access:
    """A column classed P2 or P3 that a pack reads, and whether the bank approved it by enabling the pack."""

    column: str
    pii: str
    is_approved: bool


@dataclass(frozen=True)
class PackFacts:
    """Everything `fintech packs show` says."""

    entry: PackEntry
    folder: Path
    owner: str
    tier: str
    core_contract: str
    needs: tuple[Need, ...]
    problem: str  # why it could not be built here, or empty
    imports: tuple[str, ...]
    marts: tuple[Mart, ...]
    exports: Mapping[str, int]
    parameters: tuple[ParameterRow, ...]
    access: tuple[Access, ...]


def list_packs(settings: Settings | None) -> tuple[PackEntry, ...]:
    """Every pack that is installed, lies in a folder of the project, or is named in it; by name."""
    found = discover(settings)
    lock = read_lock(settings.workspace.lock_file) if settings else {}
    enabled = frozenset(settings.packs) if settings else frozenset()
    entries = [_entry(pack, name in enabled, lock.get(name)) for name, pack in found.packs.items()]
    for name, error in found.broken.items():
        entries.append(PackEntry(name, "broken", "", "", "", "", error.reason, error.fix))
    for name in sorted(enabled - set(found.packs) - set(found.broken)):
        reason = f"fintech.toml names the pack {name!r}, which is not installed"
        fix = f"install it, or run `fintech packs disable {name}`"
        entries.append(PackEntry(name, "missing", "", "", "", "", reason, fix))
    return tuple(sorted(entries, key=lambda entry: entry.name))


def show_pack(settings: Settings | None, name: str) -> PackFacts:
    """What a pack needs, makes, may read and can be told. Raises PackError for a missing or broken one."""
    from fintech_accelerator.contract import load_contract
    from fintech_accelerator.packs.inspection import inspect
    from fintech_accelerator.pipeline.parameters import rows_of

    pack = discover(settings).get(name)
    manifest = pack.manifest
    contract = load_contract()
    lock = read_lock(settings.workspace.lock_file) if settings else {}
    is_enabled = settings is not None and name in settings.packs
    inspection = inspect(manifest, read_pack_files(pack.location.folder), folder=pack.location.folder)
    known = _capabilities(settings, contract)
    return PackFacts(
        entry=_entry(pack, is_enabled, lock.get(name)),
        folder=pack.location.folder,
        owner=manifest.owner,
        tier=manifest.tier,
        core_contract=manifest.core_contract,
        needs=tuple(_needs(manifest, contract, known)),
        problem=_problem(manifest, contract, known),
        imports=tuple(f"{each.relation} version {each.version}" for each in manifest.imports.values()),
        marts=inspection.marts,
        exports={name: export.version for name, export in manifest.exports.items()},
        parameters=rows_of(settings, name, inspection.parameters),
        access=tuple(_access(manifest, contract, lock.get(name) if is_enabled else None)),
    )


def _entry(pack: FoundPack, is_enabled: bool, locked: LockedPack | None) -> PackEntry:
    manifest = pack.manifest
    state, problem, fix = "enabled" if is_enabled else "available", "", ""
    if is_enabled and not _is_as_locked(pack, locked):
        state = "changed"
        problem = "its content is not what fintech.lock approved"
        fix = f"run `fintech packs upgrade {pack.name}` to see the difference and approve it"
    return PackEntry(
        name=pack.name,
        state=state,
        version=manifest.version,
        title=manifest.title,
        summary=manifest.summary,
        origin=pack.location.origin,
        problem=problem,
        fix=fix,
    )


def _is_as_locked(pack: FoundPack, locked: LockedPack | None) -> bool:
    from fintech_accelerator.errors import PackError

    try:
        return locked is not None and hash_of(read_pack_files(pack.location.folder)) == locked.content
    except PackError:  # it holds what no pack may hold
        return False


def _capabilities(settings: Settings | None, contract: Contract) -> Capabilities | None:
    from fintech_accelerator.errors import FintechError
    from fintech_accelerator.ingest import capabilities

    try:
        return capabilities(settings, contract) if settings else None
    except FintechError:  # `fintech sources check` says what is wrong with them
        return None


def _needs(manifest: Manifest, contract: Contract, known: Capabilities | None) -> Iterator[Need]:
    for need, asked in (("required", manifest.requires), ("improves", manifest.improves_with)):
        for table, columns in asked.items():
            for column in columns:
                yield Need(table, column, need, _state(table, column, contract, known))


def _state(table: str, column: str, contract: Contract, known: Capabilities | None) -> str:
    from fintech_accelerator.compose.inputs import EVERY_COLUMN, Inputs

    if table not in contract.tables:
        return "missing"
    if known is None:
        return "unknown"
    if known.has(table, None if column == EVERY_COLUMN else column):
        return "assumed" if column in known.assumed.get(table, {}) else "mapped"
    has_column = contract.table(table).has(column)
    inputs = Inputs(contract, known)
    if (column == EVERY_COLUMN or has_column) and inputs.has(table, column if has_column else None):
        return "core"
    return "missing"


def _problem(manifest: Manifest, contract: Contract, known: Capabilities | None) -> str:
    from fintech_accelerator.compose.inputs import Inputs
    from fintech_accelerator.errors import PackError

    try:
        if known is not None:
            Inputs(contract, known).check(manifest)
    except PackError as cause:
        return cause.reason
    return ""


def _access(manifest: Manifest, contract: Contract, locked: LockedPack | None) -> Iterator[Access]:
    approved = locked.reads_pii if locked else ()
    for name in sorted(manifest.reads_pii):
        table, column = name.split(".")
        known = table in contract.tables and contract.table(table).has(column)
        yield Access(name, contract.table(table).column(column).pii if known else "?", name in approved)
