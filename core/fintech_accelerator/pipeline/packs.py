"""Enable, disable and upgrade packs: inspected, proven, locked, and written into the audit trail."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import FintechError, PackError
from fintech_accelerator.packs.changes import PackChange, difference, disable, enable, upgrade
from fintech_accelerator.packs.discovery import discover
from fintech_accelerator.pipeline.proving import Prover
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fintech_accelerator.ledger import Ledger
    from fintech_accelerator.packs.changes import PackDifference
    from fintech_accelerator.packs.discovery import Discovery
    from fintech_accelerator.pipeline.serving import Dropped
    from fintech_accelerator.settings import Settings

AUDIT_KINDS = {"enabled": "pack_enabled", "disabled": "pack_disabled", "upgraded": "pack_upgraded"}


@dataclass(frozen=True)
class RefusedPack:
    """A pack that was not enabled, and why."""

    name: str
    reason: str
    fix: str


@dataclass(frozen=True)
class Enabled:
    """What enabling did: the changes, what they still wait for, and the packs that were refused."""

    changes: tuple[PackChange, ...]
    notes: tuple[str, ...] = ()
    refused: tuple[RefusedPack, ...] = ()


@dataclass(frozen=True)
class PackUpgrade:
    """How an enabled pack differs from what was approved."""

    pack: str
    version: str
    previous_version: str | None
    difference: PackDifference


@dataclass(frozen=True)
class Disabled:
    """What disabling did; with `drop` what was removed by pack, and what others made there and is left."""

    changes: tuple[PackChange, ...]
    dropped: Mapping[str, tuple[str, ...]]
    left: Mapping[str, tuple[str, ...]]


def enable_packs(settings: Settings, names: Iterable[str] | None = None) -> Enabled:
    """Inspect, prove and lock packs, name them in fintech.toml and write it into the audit trail.

    Named packs are enabled all or not at all, and the first problem is raised. With None every installed
    pack is tried, and those that are refused are named in the result.
    """
    found = discover(settings)
    with _alone(settings, "fintech packs enable") as ledger:
        prover = Prover(settings, found)
        if names is not None:
            changes = enable(settings, names, discovery=found, prove=prover)
            refused: tuple[RefusedPack, ...] = ()
        else:
            changes, refused = _enable_all(settings, found, prover)
        _record(ledger, changes)
    return Enabled(changes, tuple(prover.notes), refused)


def changed_packs(settings: Settings, names: Iterable[str] | None = None) -> tuple[PackUpgrade, ...]:
    """The enabled packs (or those named) whose content differs from the lock. Writes nothing."""
    found = discover(settings)
    wanted = sorted(settings.packs) if names is None else list(dict.fromkeys(names))
    results = []
    for name in wanted:
        before, now, changed = difference(settings, name, discovery=found)
        if before is None or before.content != now.content:
            previous = before.version if before else None
            results.append(PackUpgrade(name, now.version, previous, changed))
    return tuple(results)


def upgrade_packs(settings: Settings, names: Iterable[str]) -> tuple[PackChange, ...]:
    """Prove and approve the present content of enabled packs, and write it into the audit trail."""
    found = discover(settings)
    with _alone(settings, "fintech packs upgrade") as ledger:
        changes = upgrade(settings, names, discovery=found, prove=Prover(settings, found))
        _record(ledger, changes)
    return changes


def disable_packs(
    settings: Settings, names: Iterable[str], *, drop: bool = False, target: str | None = None
) -> Disabled:
    """Take packs out of the project; with `drop` also remove what they built and published on a target.

    With `drop` a pack may be disabled already. Raises UnknownNameError, or PackError when a pack that stays
    enabled cannot do without one of them.
    """
    wanted = list(dict.fromkeys(names))
    with _alone(settings, "fintech packs disable") as ledger:
        enabled = [
            name
            for name in wanted
            if name in settings.packs or not (drop and _is_left(settings, name, target))
        ]
        _refuse_needed(settings, set(enabled))
        changes = disable(settings, enabled) if enabled else ()
        done = {name: _drop(settings, ledger, name, target) for name in wanted} if drop else {}
        dropped = {name: each.relations for name, each in done.items()}
        _record(ledger, changes, dropped=dropped)
    return Disabled(changes, dropped, {name: each.left for name, each in done.items() if each.left})


def _enable_all(
    settings: Settings, found: Discovery, prover: Prover
) -> tuple[tuple[PackChange, ...], tuple[RefusedPack, ...]]:
    refused = {name: error for name, error in found.broken.items() if name not in settings.packs}
    try:
        return enable(settings, found.packs, discovery=found, prove=prover), _refused(refused)
    except FintechError:
        prover.notes.clear()
    changes: list[PackChange] = []
    for name in _in_order(found):
        try:
            changes += enable(load_settings(settings.root), [name], discovery=found, prove=prover)
        except PackError as cause:
            refused[name] = cause
    return tuple(changes), _refused(refused)


def _in_order(found: Discovery) -> list[str]:
    from fintech_accelerator.compose.order import suppliers_first

    return suppliers_first({name: pack.manifest for name, pack in found.packs.items()})


def _refused(errors: Mapping[str, FintechError]) -> tuple[RefusedPack, ...]:
    return tuple(RefusedPack(name, errors[name].reason, errors[name].fix) for name in sorted(errors))


def _refuse_needed(settings: Settings, leaving: set[str]) -> None:
    found = discover(settings)
    for name in sorted(set(settings.packs) - leaving):
        manifest = found.packs[name].manifest if name in found.packs else None
        for wanted in manifest.imports.values() if manifest else ():
            if wanted.pack in leaving and not wanted.optional:
                raise PackError(
                    f"the pack {name!r} cannot do without {wanted.relation!r} of {wanted.pack!r}",
                    fix=f"disable both: `fintech packs disable {wanted.pack} {name}`",
                )


def _is_left(settings: Settings, name: str, target: str | None) -> bool:
    """Whether something of a pack that is not enabled is left: on the target asked for, or at hand."""
    from fintech_accelerator.contract.schemas import served_schemas
    from fintech_accelerator.engines import engine_of

    asked, _ = settings.target(target)
    for target_name, each in settings.targets.items():
        if (settings.workspace.publications / target_name / name).exists():
            return True
        engine = engine_of(each, settings.warehouse(each))
        is_elsewhere = each.engine != "duckdb" and target_name != asked  # no login that nobody asked for
        if is_elsewhere or not engine.is_there:
            continue
        served = served_schemas(name)
        built = {engine.schema_in(schema, slot) for schema in served for slot in engine.build_targets}
        if {schema for schema, _ in engine.catalogue()} & {*served, *built}:
            return True
    return False


def _drop(settings: Settings, ledger: Ledger, name: str, target: str | None) -> Dropped:
    """Withdraw a pack's publications, then drop its relations and its slot."""
    from fintech_accelerator.engines.publications import withdraw
    from fintech_accelerator.pipeline.serving import drop_pack

    target_name, chosen = settings.target(target)
    folder = settings.workspace.publications / target_name
    if folder.is_dir():
        withdraw(folder, name)
    dropped = drop_pack(chosen, settings.warehouse(chosen), name, state=settings.workspace.state)
    if dropped.identity:
        ledger.slots.forget(dropped.identity, name)
        ledger.relations.forget(dropped.identity, ledger.relations.owned(dropped.identity, name))
    return dropped


def _record(
    ledger: Ledger, changes: Iterable[PackChange], *, dropped: Mapping[str, Iterable[str]] | None = None
) -> None:
    events = [(AUDIT_KINDS[each.action], _details(each)) for each in changes if each.action in AUDIT_KINDS]
    known = {details["pack"]: details for _, details in events}
    for name, relations in (dropped or {}).items():
        if name not in known:
            known[name] = {"pack": name}
            events.append(("pack_disabled", known[name]))
        known[name]["dropped"] = list(relations)
    for kind, details in events:
        ledger.audit.append(kind, details)


def _details(change: PackChange) -> dict[str, Any]:
    details: dict[str, Any] = {
        "pack": change.pack,
        "version": change.version,
        "content": change.content,
        "reads_pii": list(change.reads_pii),
    }
    if change.action == "upgraded":
        changed = change.difference
        details |= {
            "previous_version": change.previous_version,
            "previous_content": change.previous_content,
            "files": sorted({*changed.added, *changed.removed, *changed.changed}),
            "exports": list(changed.exports),
            "columns": list(changed.columns),
            "access_added": list(changed.access_added),
            "access_removed": list(changed.access_removed),
        }
    if change.action == "disabled":
        details["dropped_values"] = {name: str(value) for name, value in change.dropped_values.items()}
    return details


@contextmanager
def _alone(settings: Settings, command: str) -> Iterator[Ledger]:
    """The ledger, open before anything is changed; nothing else may run in the project meanwhile."""
    from fintech_accelerator.governance.unaudited import record_unaudited
    from fintech_accelerator.ledger import open_ledger
    from fintech_accelerator.ledger.run_lock import run_lock

    with (
        run_lock(settings.workspace.run_lock, command=command),
        open_ledger(settings.workspace.ledger) as ledger,
    ):
        record_unaudited(settings, ledger)  # such as what a kill kept from the trail
        yield ledger
