"""The landing zone: content under its own hash, whole or not there; and which remote versions are in it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from fintech_accelerator.engines.duckdb import NO_SPACE, translate_duckdb_error
from fintech_accelerator.errors import FintechError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fintech_accelerator.ports import RemoteFile, SourceFile, Writable
    from fintech_accelerator.settings import Workspace

CHUNK = 1 << 22
PARTIAL = ".part-"
VERSIONS = "versions"  # one small file for each remote version that was fetched


@dataclass(frozen=True)
class Landed:
    """Content in the landing zone, and whether it came there now."""

    sha256: str
    size_bytes: int
    path: Path
    is_new: bool


def sweep(landing: Path) -> None:
    """Remove what a killed run left half copied."""
    if landing.is_dir():
        for partial in landing.glob(f"{PARTIAL}*"):
            partial.unlink(missing_ok=True)


def _unwatched(arrived: int) -> None:
    del arrived


def bring(workspace: Workspace, file: SourceFile, on_bytes: Callable[[int], None] = _unwatched) -> Landed:
    """Bring a file into the landing zone unless it is there. Raises SourceError, EnvironmentFailure."""
    try:
        if file.remote is not None:
            return _fetch(workspace.landing, file.name, file.remote, on_bytes)
        return _copy(workspace.landing, file)
    except OSError as cause:
        raise _failure(cause, file) from cause


def at_hand(
    workspace: Workspace, files: Iterable[SourceFile], *, firsts_only: bool = False
) -> tuple[SourceFile, ...]:
    """The files with paths that can be read: remote ones are fetched, all or the first of each alias."""
    return tuple(_at_hand(workspace, files, firsts_only=firsts_only))


def _at_hand(workspace: Workspace, files: Iterable[SourceFile], *, firsts_only: bool) -> Iterator[SourceFile]:
    seen: set[str] = set()
    for file in files:
        is_wanted = not firsts_only or file.alias not in seen
        seen.add(file.alias)
        if file.remote is None or not is_wanted:
            yield file
        else:
            yield replace(file, path=bring(workspace, file).path)


def _copy(landing: Path, file: SourceFile) -> Landed:
    """Under the hash of what is copied: a file that grows meanwhile is taken as it was read."""
    if not file.path.is_file():
        what = "a folder" if file.path.is_dir() else "no ordinary file"
        raise SourceError(f"{file.name}: it is {what}", fix="name files, such as landing/*.csv")
    digest, size = _hash_of(file.path)
    place = _place(landing, file.name, digest)
    if place.is_file() and place.stat().st_size == size:
        return Landed(digest, size, place, is_new=False)

    def write(target: Writable) -> None:
        with file.path.open("rb") as source:
            while chunk := source.read(CHUNK):
                target.write(chunk)

    return _store(landing, file.name, write)


def _fetch(landing: Path, name: str, remote: RemoteFile, on_bytes: Callable[[int], None]) -> Landed:
    """What is known by its version is not asked for again; what is new is fetched, then known."""
    record = landing / VERSIONS / hashlib.sha256(remote.version.encode()).hexdigest()
    if (known := _known(landing, name, record)) is not None:
        return known
    landed = _store(landing, name, lambda target: remote.fetch(target, on_bytes))
    record.parent.mkdir(exist_ok=True)
    partial = landing / f"{PARTIAL}{record.name}"
    told = {"version": remote.version, "sha256": landed.sha256, "size_bytes": landed.size_bytes}
    partial.write_text(json.dumps(told), encoding="utf-8")
    partial.replace(record)
    return landed


def _known(landing: Path, name: str, record: Path) -> Landed | None:
    """What a version was landed as, if that is still there; a damaged record only costs a download."""
    try:
        told = json.loads(record.read_text(encoding="utf-8"))
        digest, size = str(told["sha256"]), int(told["size_bytes"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    place = _place(landing, name, digest)
    if place.is_file() and place.stat().st_size == size:
        return Landed(digest, size, place, is_new=False)
    return None


class _Hashing:
    """Writes on, and knows the hash and the size of what passed."""

    def __init__(self, target: Writable) -> None:
        self._target = target
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, chunk: bytes) -> int:
        self._digest.update(chunk)
        self.size += len(chunk)
        return self._target.write(chunk)

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


def _store(landing: Path, name: str, write: Callable[[Writable], None]) -> Landed:
    landing.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(prefix=PARTIAL, dir=landing)
    try:
        with os.fdopen(handle, "wb") as target:
            hashing = _Hashing(target)
            write(hashing)
            target.flush()
            os.fsync(target.fileno())
        place = _place(landing, name, hashing.digest)
        is_new = not place.is_file() or place.stat().st_size != hashing.size
        place.parent.mkdir(exist_ok=True)
        Path(partial).replace(place)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    return Landed(hashing.digest, hashing.size, place, is_new)


def _place(landing: Path, name: str, digest: str) -> Path:
    """Where content lies: by its hash, with the endings that say its format."""
    suffixes = "".join(PurePath(name.lower()).suffixes[-2:])
    safe = "".join(letter for letter in suffixes if letter.isalnum() or letter == ".")[:20]
    return landing / digest[:2] / f"{digest}{safe}"


def _hash_of(path: Path) -> tuple[str, int]:
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
        return digest, source.tell()


def _failure(cause: OSError, file: SourceFile) -> FintechError:
    failure = translate_duckdb_error(cause, doing="landing", path=file.path)
    if NO_SPACE.search(str(cause)) or not _is_about(cause, file.path):
        return failure
    return SourceError(
        f"{file.name}: it cannot be read ({cause.strerror or cause})",
        fix="let this user read the file, then run again",
    )


def _is_about(cause: OSError, path: Path) -> bool:
    return cause.filename is not None and Path(os.fsdecode(cause.filename)) == path
