"""What a run works on, resolved and immutable: packs, parameters, target, and the order they are built in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fintech_accelerator.compose.enabled import (
    EnabledPack,
    UnavailablePack,
    enabled_packs,
)
from fintech_accelerator.compose.order import levels_of
from fintech_accelerator.contract.schemas import OWN_SCHEMAS
from fintech_accelerator.errors import PackError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from fintech_accelerator.contract import Contract
    from fintech_accelerator.engines.engine import Engine
    from fintech_accelerator.ingest import Capabilities
    from fintech_accelerator.packs.dated import ParameterPeriod
    from fintech_accelerator.packs.discovery import Discovery
    from fintech_accelerator.packs.lock import LockedPack
    from fintech_accelerator.settings import DuckDbTarget, RedshiftTarget, Settings

CORE = "core"


@dataclass(frozen=True)
class Composition:
    """The enabled packs that can be built, in levels, with all that their building depends on."""

    settings: Settings
    contract: Contract
    target_name: str
    target: DuckDbTarget | RedshiftTarget
    packs: tuple[EnabledPack, ...]
    unavailable: tuple[UnavailablePack, ...]
    levels: tuple[tuple[str, ...], ...]  # of the selected packs only
    capabilities: Capabilities
    core_content_hash: str
    notes: tuple[str, ...] = ()

    @property
    def warehouse(self) -> Path:
        """The DuckDB file of the target: its warehouse, or where files are staged for it."""
        return self.settings.warehouse(self.target)

    @cached_property
    def engine(self) -> Engine:
        """What builds and holds the models."""
        from fintech_accelerator.engines import engine_of

        return engine_of(self.target, self.warehouse)

    @property
    def selected(self) -> tuple[str, ...]:
        """The packs that this run builds, in the order of their levels."""
        return tuple(name for level in self.levels for name in level)

    @property
    def parameter_periods(self) -> tuple[ParameterPeriod, ...]:
        """The rows of ops.parameter_values."""
        return tuple(period for pack in self.packs for period in pack.parameters.periods)

    def pack(self, name: str) -> EnabledPack:
        """The enabled pack of this name. Raises UnknownNameError, or the reason it is unavailable."""
        for unavailable in self.unavailable:
            if unavailable.name == name:
                raise unavailable.error
        for pack in self.packs:
            if pack.name == name:
                return pack
        raise unknown_name("enabled pack", name, [pack.name for pack in self.packs])


def compose(  # noqa: PLR0913  (what a caller may know already)
    settings: Settings,
    *,
    target: str | None = None,
    packs: Iterable[str] | None = None,
    capabilities: Capabilities | None = None,
    discovery: Discovery | None = None,
    lock: Mapping[str, LockedPack] | None = None,
) -> Composition:
    """Resolve fintech.toml, fintech.lock (or the `lock` that is about to be written) and the installed packs.

    A pack that is broken, changed, refused or lacks an input comes back in `unavailable`; the others go on.
    Raises SettingsError and UnknownNameError for what is wrong in fintech.toml itself, and
    UnclassifiedColumnError for a column of which nobody said how personal it is.
    """
    from fintech_accelerator.contract import load_contract
    from fintech_accelerator.contract.personal_data import inventory
    from fintech_accelerator.ingest import capabilities as find_capabilities
    from fintech_accelerator.packs.discovery import discover

    contract, found = load_contract(), discovery or discover(settings)
    target_name, target_settings = settings.target(target)
    known = capabilities if capabilities is not None else find_capabilities(settings, contract)
    core_hash = _core_content_hash(settings, contract, known)
    enabled, unavailable, notes = enabled_packs(settings, contract, found, known, core_hash, lock=lock)
    inventory(contract, [mart for pack in enabled for mart in pack.marts])
    _refuse_ambiguous_warehouse(settings.warehouse(target_settings), [pack.name for pack in enabled])
    levels = levels_of({pack.name: pack.suppliers for pack in enabled})
    return Composition(
        settings=settings,
        contract=contract,
        target_name=target_name,
        target=target_settings,
        packs=tuple(sorted(enabled, key=lambda pack: pack.name)),
        unavailable=tuple(unavailable),
        levels=_selected_levels(settings, levels, packs, unavailable, installed=found.packs),
        capabilities=known,
        core_content_hash=core_hash,
        notes=tuple(notes),
    )


def core_folder() -> Path:
    """Where the core's own dbt package lies."""
    from importlib.resources import files
    from pathlib import Path

    return Path(str(files("fintech_accelerator"))) / "dbt"


def _core_content_hash(settings: Settings, contract: Contract, capabilities: Capabilities) -> str:
    from fintech_accelerator.compose.core_package import core_package
    from fintech_accelerator.packs.files import hash_of

    facts: dict[str, Any] = {
        "contract": contract.version,
        "time_zone": settings.project.time_zone,
        "base_currency": settings.project.base_currency,
        "mapped": {table: sorted(columns) for table, columns in sorted(capabilities.mapped.items())},
        "dbt": hash_of(core_package(core_folder(), contract)),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _selected_levels(
    settings: Settings,
    levels: tuple[tuple[str, ...], ...],
    wanted: Iterable[str] | None,
    unavailable: Iterable[UnavailablePack],
    *,
    installed: Iterable[str],
) -> tuple[tuple[str, ...], ...]:
    if wanted is None:
        return levels
    names = tuple(wanted)
    reasons = {pack.name: pack.error for pack in unavailable}
    for name in names:
        if name not in settings.packs and name in installed:
            raise PackError(
                f"the pack {name!r} is installed but not enabled", fix=f"run `fintech packs enable {name}`"
            )
        if name not in settings.packs:
            raise unknown_name("enabled pack", name, settings.packs)
        if name in reasons:
            raise reasons[name]
    chosen = [tuple(name for name in level if name in names) for level in levels]
    return tuple(level for level in chosen if level)


def _refuse_ambiguous_warehouse(path: Path, packs: Iterable[str]) -> None:
    schemas = {*OWN_SCHEMAS, *packs}
    if path.stem in schemas:
        raise PackError(
            f"the warehouse {path.name!r} is called like the schema {path.stem!r} inside it",
            fix="call it 'warehouse.duckdb' in fintech.toml",
        )


__all__ = ["CORE", "Composition", "EnabledPack", "UnavailablePack", "compose", "core_folder"]
