"""Files that are whole or not there: written, synchronised, renamed; links; trees removed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.duckdb import translate_duckdb_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def json_bytes(value: Any) -> bytes:
    """A value as the files of a publication keep it; what JSON does not know is kept as text."""
    return json.dumps(value, indent=1, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace")


def replace_file(path: Path, content: bytes) -> None:
    """Write a small file so that a reader, or a power cut, meets the old content or the new one."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)  # noqa: PTH105  (beside os.fsync and os.link: the order of calls is the point)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file, or a folder's entries, are on the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot, and keeps a folder's entries in its own journal
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def link_or_copy(source: Path, destination: Path) -> None:
    """Give an unchanged file a second name, or copy it where the file system has no links."""
    try:
        os.link(source, destination)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy(source, destination)
        sync(destination)


def protect(path: Path) -> None:
    """Let nobody write a published file by accident: its links stand in several publications."""
    if os.name == "posix":  # elsewhere a file that is read-only could not be removed, either
        path.chmod(path.stat().st_mode & ~0o222)


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove(folder: Path) -> None:
    """Remove a folder: first under another name, so that nobody finds half of it.

    Where a reader keeps a file open (Windows), the rest goes at the next publication.
    """
    gone = folder
    if not folder.name.startswith("."):
        gone = folder.with_name(f".gone-{folder.name}")
        shutil.rmtree(gone, ignore_errors=True)
        os.replace(folder, gone)  # noqa: PTH105  (see replace_file)
    shutil.rmtree(gone, ignore_errors=True)


@contextmanager
def translated(doing: str, path: Path) -> Iterator[None]:
    """What DuckDB and the system raise, as expected failures."""
    import duckdb

    try:
        yield
    except (duckdb.Error, OSError) as cause:
        raise translate_duckdb_error(cause, doing=doing, path=path) from cause
