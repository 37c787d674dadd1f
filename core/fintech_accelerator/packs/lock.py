"""fintech.lock: the exact content of each enabled pack, and the access that was approved with it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import PackChangedError, SettingsError
from fintech_accelerator.packs.files import hash_of, hashes_of
from fintech_accelerator.whole_files import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fintech_accelerator.packs.discovery import FoundPack
    from fintech_accelerator.packs.marts import Mart

HEADER = "# Written by `fintech packs enable` and `fintech packs upgrade`. Commit it; do not edit it.\n"
KEYS = frozenset({"version", "content", "origin", "reads_pii", "exports", "columns", "files"})


@dataclass(frozen=True)
class LockedPack:
    """What was approved of one pack: its content, its access, and its public shape to compare with later."""

    name: str
    version: str
    content: str
    origin: str
    reads_pii: tuple[str, ...] = ()
    exports: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


def lock_entry(pack: FoundPack, files: Mapping[str, bytes], marts: tuple[Mart, ...]) -> LockedPack:
    """What the lock keeps of a pack as it is now."""
    return LockedPack(
        name=pack.name,
        version=pack.manifest.version,
        content=hash_of(files),
        origin="folder" if pack.location.is_local else "distribution",
        reads_pii=tuple(sorted(pack.manifest.reads_pii)),
        exports={name: export.version for name, export in sorted(pack.manifest.exports.items())},
        columns={
            mart.name: tuple(f"{column.name} {column.type}" for column in mart.columns) for mart in marts
        },
        files=hashes_of(files),
    )


def read_lock(path: Path) -> dict[str, LockedPack]:
    """Read fintech.lock; empty if there is none. Raises SettingsError."""
    if not path.is_file():
        return {}
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: _entry(name, entry) for name, entry in raw.get("packs", {}).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as cause:
        raise SettingsError(
            f"{path} is not a lock file of this product: {cause}",
            fix="restore it from version control, or remove it and enable the packs again",
        ) from cause


def _entry(name: str, entry: Mapping[str, Any]) -> LockedPack:
    unknown = sorted(set(entry) - KEYS)
    if unknown:
        raise KeyError(f"[packs.{name}] has the unknown key {unknown[0]!r}")
    return LockedPack(
        name=name,
        version=str(entry["version"]),
        content=str(entry["content"]),
        origin=str(entry["origin"]),
        reads_pii=tuple(entry.get("reads_pii", ())),
        exports=dict(entry.get("exports", {})),
        columns={relation: tuple(columns) for relation, columns in entry.get("columns", {}).items()},
        files=dict(entry.get("files", {})),
    )


def write_lock(path: Path, packs: Mapping[str, LockedPack]) -> None:
    """Write fintech.lock, packs in the order of their names."""
    import tomlkit

    document = tomlkit.document()
    table = tomlkit.table(is_super_table=True)
    for name in sorted(packs):
        pack = packs[name]
        entry = tomlkit.table()
        entry.update(
            {
                "version": pack.version,
                "content": pack.content,
                "origin": pack.origin,
                "reads_pii": list(pack.reads_pii),
                "exports": dict(pack.exports),
                "columns": {relation: list(columns) for relation, columns in pack.columns.items()},
                "files": dict(pack.files),
            }
        )
        table.add(name, entry)
    document.add("packs", table)
    write_text(path, HEADER + tomlkit.dumps(document))


def verify(pack: FoundPack, files: Mapping[str, bytes], locked: LockedPack | None) -> str | None:
    """Raise PackChangedError unless the pack is what was approved; a local folder only gets a note."""
    content = hash_of(files)
    if locked is not None and locked.content == content:
        return None
    if pack.location.is_local:
        state = "is not locked" if locked is None else "differs from fintech.lock"
        return f"the pack {pack.name!r} {state}; it is a folder under development, so it is used as it is"
    if locked is None:
        raise PackChangedError(
            f"the pack {pack.name!r} is named in fintech.toml, but nobody has approved its content yet",
            fix=f"run `fintech packs enable {pack.name}`, which inspects it and writes fintech.lock",
        )
    now = hashes_of(files)
    changed = [name for name in {*locked.files, *now} if locked.files.get(name) != now.get(name)]
    raise PackChangedError(
        f"the pack {pack.name!r} is not what fintech.lock approved: version {pack.manifest.version} "
        f"(locked {locked.version}), {len(changed)} files differ",
        fix=f"run `fintech packs upgrade {pack.name}` to see the difference and approve it",
    )
