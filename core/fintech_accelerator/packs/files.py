"""A pack's files: read once, so that what is hashed, inspected and composed are the same bytes."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

from fintech_accelerator.errors import PackRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PackFiles = dict[str, bytes]
PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
MAXIMUM_FILES = 2000
MAXIMUM_SIZE = 20_000_000
MAXIMUM_TOTAL = 100_000_000
LEFT_OUT_FOLDERS = frozenset({"__pycache__", "target", "logs", "dbt_packages"})
LEFT_OUT_NAMES = frozenset({".DS_Store", ".user.yml"})


def read_pack_files(folder: Path) -> PackFiles:
    """Every file of a pack by its relative name with `/`, sorted.

    Raises PackRefusedError for symbolic links, odd names, and packs too large to be data.
    """
    files: PackFiles = {}
    total = 0
    for relative in sorted(_walk(folder, folder)):
        path = folder / relative
        size = path.stat().st_size
        total += size
        if size > MAXIMUM_SIZE or total > MAXIMUM_TOTAL or len(files) >= MAXIMUM_FILES:
            raise PackRefusedError(
                f"{path} makes the pack too large (at most {MAXIMUM_FILES} files, "
                f"{MAXIMUM_SIZE // 1_000_000} MB each, {MAXIMUM_TOTAL // 1_000_000} MB together)",
                fix="ship large reference data as a source, not inside the pack",
            )
        files[relative] = path.read_bytes()
    return files


def _walk(root: Path, folder: Path) -> list[str]:
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            path = folder / entry.name
            if entry.is_symlink():
                raise PackRefusedError(f"{path} is a symbolic link", fix="ship the file itself")
            if entry.name in LEFT_OUT_NAMES or (entry.is_dir() and entry.name in LEFT_OUT_FOLDERS):
                continue
            if not PLAIN_NAME.fullmatch(entry.name):
                raise PackRefusedError(
                    f"{path} has a name that a pack may not use",
                    fix="use letters, digits, and _ . - inside the name",
                )
            if entry.is_dir():
                found += _walk(root, path)
            elif entry.is_file():
                found.append(path.relative_to(root).as_posix())
            else:
                raise PackRefusedError(f"{path} is neither a file nor a folder", fix="remove it")
    return found


def hash_of(files: Mapping[str, bytes]) -> str:
    """The content hash: over names and bytes, in the order of the names."""
    digest = hashlib.sha256()
    for name in sorted(files):
        content = files[name]
        digest.update(f"{len(name)}:{name}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()


def hashes_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """The hash of each file by name."""
    return {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
