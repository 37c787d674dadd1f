"""Enable, disable and upgrade packs: edits of fintech.toml that keep its comments, and of fintech.lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import UsageError, unknown_name
from fintech_accelerator.packs.dated import read_dated, resolve
from fintech_accelerator.packs.discovery import discover
from fintech_accelerator.packs.files import PackFiles, hash_of, read_pack_files
from fintech_accelerator.packs.inspection import Inspection, inspect
from fintech_accelerator.packs.lock import LockedPack, lock_entry, read_lock, verify, write_lock
from fintech_accelerator.whole_files import write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fintech_accelerator.packs.discovery import Discovery, FoundPack
    from fintech_accelerator.settings import Settings

    Proof = Callable[[Settings, Mapping[str, LockedPack]], None]


@dataclass(frozen=True)
class PackDifference:
    """How a pack's content differs from what the lock approved."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()  # such as "fraud__kpi_daily: new", "...: version 1 -> 2", "...: gone"
    columns: tuple[str, ...] = ()  # such as "fraud__kpi_daily.amount: decimal(18,2) -> decimal(18,4)"
    access_added: tuple[str, ...] = ()
    access_removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class PackChange:
    """What was done with one pack, as the audit trail records it."""

    action: str  # enabled, unchanged, disabled or upgraded
    pack: str
    version: str
    content: str
    reads_pii: tuple[str, ...] = ()
    previous_version: str | None = None
    previous_content: str | None = None
    difference: PackDifference = field(default_factory=PackDifference)
    dropped_values: Mapping[str, Any] = field(
        default_factory=dict
    )  # the bank's values that left fintech.toml


def enable(
    settings: Settings,
    names: Iterable[str],
    *,
    discovery: Discovery | None = None,
    prove: Proof | None = None,
) -> tuple[PackChange, ...]:
    """Inspect packs, lock their content and name them in fintech.toml; all of them or none.

    `prove` is called with the settings and the lock as they would be, before anything is written; it raises
    to refuse. A pack that is enabled with this very content comes back as unchanged.
    Raises PackNotInstalledError, PackLoadError, PackRefusedError, PackChangedError.
    """
    found = discovery or discover(settings)
    lock = read_lock(settings.workspace.lock_file)
    changes = []
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        pack = found.get(name)
        files, inspection = _inspected(settings, pack)
        before = lock.get(name) if name in settings.packs else None
        lock[name] = lock_entry(pack, files, inspection.marts)
        changes.append(_change(_enabling(pack, files, before), lock[name], before))
    if all(change.action == "unchanged" for change in changes):
        return tuple(changes)
    if prove is not None:
        prove(with_packs(settings, wanted), lock)
    _add_to_settings(settings, wanted)
    write_lock(settings.workspace.lock_file, lock)
    return tuple(changes)


def _enabling(pack: FoundPack, files: PackFiles, before: LockedPack | None) -> str:
    """What enabling does with a pack; other content than approved is for `upgrade`, which shows it."""
    if before is None:
        return "enabled"
    if before.content == hash_of(files):
        return "unchanged"
    verify(pack, files, before)
    return "upgraded"


def disable(settings: Settings, names: Iterable[str]) -> tuple[PackChange, ...]:
    """Take packs out of fintech.toml and fintech.lock; what they built stays.

    Raises UnknownNameError for a pack that is not enabled.
    """
    lock = read_lock(settings.workspace.lock_file)
    changes = []
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in settings.packs:
            raise unknown_name("enabled pack", name, settings.packs)
        locked = lock.pop(name, None)
        changes.append(
            PackChange(
                action="disabled",
                pack=name,
                version=locked.version if locked else "",
                content=locked.content if locked else "",
                dropped_values=settings.packs[name],
            )
        )
    _remove_from_settings(settings, wanted)
    write_lock(settings.workspace.lock_file, lock)
    return tuple(changes)


def difference(
    settings: Settings, name: str, *, discovery: Discovery | None = None
) -> tuple[LockedPack | None, LockedPack, PackDifference]:
    """What was locked of an enabled pack, what it is now, and how they differ. Writes nothing."""
    if name not in settings.packs:
        raise unknown_name("enabled pack", name, settings.packs)
    pack = (discovery or discover(settings)).get(name)
    files, inspection = _inspected(settings, pack)
    before = read_lock(settings.workspace.lock_file).get(name)
    now = lock_entry(pack, files, inspection.marts)
    return before, now, compare(before, now)


def upgrade(
    settings: Settings,
    names: Iterable[str],
    *,
    discovery: Discovery | None = None,
    prove: Proof | None = None,
) -> tuple[PackChange, ...]:
    """Approve the present content of enabled packs; returns how each differs from what was approved."""
    found = discovery or discover(settings)
    lock = read_lock(settings.workspace.lock_file)
    changes = []
    for name in dict.fromkeys(names):
        before, now, _ = difference(settings, name, discovery=found)
        lock[name] = now
        is_same = before is not None and before.content == now.content
        changes.append(_change("unchanged" if is_same else "upgraded", now, before))
    if all(change.action == "unchanged" for change in changes):
        return tuple(changes)
    if prove is not None:
        prove(settings, lock)
    write_lock(settings.workspace.lock_file, lock)
    return tuple(changes)


def compare(before: LockedPack | None, now: LockedPack) -> PackDifference:
    """How the content, the exports, the columns and the access of a pack changed."""
    if before is None:
        return PackDifference(
            added=tuple(sorted(now.files)),
            exports=tuple(f"{name}: new" for name in sorted(now.exports)),
            access_added=now.reads_pii,
        )
    return PackDifference(
        added=tuple(sorted(set(now.files) - set(before.files))),
        removed=tuple(sorted(set(before.files) - set(now.files))),
        changed=tuple(
            sorted(name for name in now.files if before.files.get(name, now.files[name]) != now.files[name])
        ),
        exports=tuple(_pairs(before.exports, now.exports, "version ")),
        columns=tuple(_pairs(_columns(before), _columns(now), "")),
        access_added=tuple(sorted(set(now.reads_pii) - set(before.reads_pii))),
        access_removed=tuple(sorted(set(before.reads_pii) - set(now.reads_pii))),
    )


def with_packs(settings: Settings, names: Iterable[str]) -> Settings:
    """The settings as they would be with these packs enabled, too."""
    more = {name: settings.packs.get(name, {}) for name in names}
    return settings.model_copy(update={"packs": {**settings.packs, **more}})


def _inspected(settings: Settings, pack: FoundPack) -> tuple[PackFiles, Inspection]:
    name = pack.name
    pack.check_allowed(settings)
    files = read_pack_files(pack.location.folder)
    inspection = inspect(pack.manifest, files, folder=pack.location.folder)
    dated = read_dated(settings.workspace.parameters_file)
    resolve(inspection.parameters, settings.packs.get(name, {}), dated, pack=name)
    if hash_of(read_pack_files(pack.location.folder)) != hash_of(files):
        raise UsageError(f"the pack {name!r} changed while it was read", fix="try again")
    return files, inspection


def _change(action: str, now: LockedPack, before: LockedPack | None) -> PackChange:
    return PackChange(
        action=action,
        pack=now.name,
        version=now.version,
        content=now.content,
        reads_pii=now.reads_pii,
        previous_version=before.version if before else None,
        previous_content=before.content if before else None,
        difference=compare(before, now),
    )


def _columns(pack: LockedPack) -> dict[str, str]:
    return {
        f"{relation}.{column.partition(' ')[0]}": column.partition(" ")[2]
        for relation, columns in pack.columns.items()
        for column in columns
    }


def _pairs(before: Mapping[str, Any], now: Mapping[str, Any], word: str) -> list[str]:
    found = []
    for name in sorted({*before, *now}):
        if name not in before:
            found.append(f"{name}: new")
        elif name not in now:
            found.append(f"{name}: gone")
        elif before[name] != now[name]:
            found.append(f"{name}: {word}{before[name]} -> {now[name]}")
    return found


def _add_to_settings(settings: Settings, names: Iterable[str]) -> None:
    import tomlkit

    path = settings.workspace.settings_file
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    if "packs" not in document:
        document.add("packs", tomlkit.table(is_super_table=True))
    packs: Any = document["packs"]
    for name in names:
        if name not in packs:
            packs.add(name, tomlkit.table())
    write_text(path, tomlkit.dumps(document))


def _remove_from_settings(settings: Settings, names: Iterable[str]) -> None:
    import tomlkit

    path = settings.workspace.settings_file
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    packs: Any = document["packs"]
    for name in names:
        packs.remove(name)
    write_text(path, tomlkit.dumps(document).rstrip("\n") + "\n")
