"""Landing: each source file is copied as received, under the name of its content, and never changed again."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from fintech_accelerator.engines.duckdb import NO_SPACE, translate_duckdb_error
from fintech_accelerator.errors import (
    FintechError,
    SettingsError,
    SourceError,
    unknown_name,
)
from fintech_accelerator.events import EventSink, StepFinished, StepStarted, ignore
from fintech_accelerator.ingest.mapping import SourceMapping, read_mappings

if TYPE_CHECKING:
    from fintech_accelerator.contract import Contract
    from fintech_accelerator.ports import SourceFile
    from fintech_accelerator.settings import Settings, Workspace

CHUNK = 1 << 22
PARTIAL = ".part-"


@dataclass(frozen=True)
class LandedFile:
    """A file in the landing zone: which source it is for, what it was called, and where its content is."""

    table: str
    source_index: int
    alias: str
    name: str
    sha256: str
    size_bytes: int
    path: Path
    is_new: bool


@dataclass(frozen=True)
class RefusedFile:
    """A file that is not taken, whole: nothing of it is loaded, the other files are."""

    table: str
    name: str
    sha256: str | None
    reason: str
    fix: str


@dataclass(frozen=True)
class LandResult:
    """What lies in the landing zone for this run, and what could not be brought there."""

    files: tuple[LandedFile, ...] = ()
    refused: tuple[RefusedFile, ...] = ()


def land(
    settings: Settings, contract: Contract, *, run_id: str = "", on_event: EventSink = ignore
) -> LandResult:
    """Bring every source's files into the landing zone.

    A file that cannot be read, or a source that matches nothing, is refused by name and the rest go on.
    Raises SettingsError for a wrong mapping and DiskFullError, before and after which nothing is half there.
    """
    landed: list[LandedFile] = []
    refused: list[RefusedFile] = []
    known: dict[Path, tuple[str, int, Path, bool]] = {}
    _sweep(settings.workspace.landing)
    offers = [(mapping, _offered(settings, mapping)) for mapping in read_mappings(settings, contract)]
    for mapping, offered in offers:
        if isinstance(offered, SourceError):
            names = ", ".join(mapping.source.files.values())
            refused.append(RefusedFile(mapping.table.name, names, None, offered.reason, offered.fix))
            on_event(StepFinished(run_id, "land", names, "refused"))
            continue
        for file in offered:
            on_event(StepStarted(run_id, "land", file.name))
            try:
                if file.path not in known:
                    known[file.path] = _land_file(settings.workspace, file)
            except SourceError as cause:
                refused.append(RefusedFile(mapping.table.name, file.name, None, cause.reason, cause.fix))
                on_event(StepFinished(run_id, "land", file.name, "refused"))
                continue
            digest, size, path, is_new = known[file.path]
            landed.append(
                LandedFile(
                    mapping.table.name, mapping.index, file.alias, file.name, digest, size, path, is_new
                )
            )
            on_event(StepFinished(run_id, "land", file.name, "ok" if is_new else "skipped"))
    return LandResult(tuple(landed), tuple(refused))


def _offered(settings: Settings, mapping: SourceMapping) -> tuple[SourceFile, ...] | SourceError:
    """What is offered, or why nothing is; a wrong setting of any source stops before a file is touched."""
    try:
        return offered_files(settings, mapping)
    except SourceError as cause:
        return cause


def offered_files(settings: Settings, mapping: SourceMapping) -> tuple[SourceFile, ...]:
    """What a source's connector offers. Raises SourceError and SettingsError."""
    from fintech_accelerator.plugins import connectors

    installed = connectors()
    source = mapping.source
    if source.connector not in installed:
        raise unknown_name("connector", source.connector, installed)
    try:
        offered = tuple(
            installed[source.connector].files(
                project_folder=settings.root, files=source.files, options=source.options
            )
        )
    except SettingsError as cause:
        raise SettingsError(f"{mapping.where}: {cause.reason}", fix=cause.fix) from cause
    except SourceError as cause:
        raise SourceError(f"{mapping.where}: {cause.reason}", fix=cause.fix) from cause
    except FintechError:
        raise
    except Exception as cause:
        raise SourceError(
            f"{mapping.where}: the connector {source.connector!r} failed: {type(cause).__name__}: {cause}",
            fix="upgrade the connector, or report it to who made it",
        ) from cause
    return tuple(sorted(offered, key=lambda file: (file.alias, file.name)))


def _land_file(workspace: Workspace, file: SourceFile) -> tuple[str, int, Path, bool]:
    """Content hash, size and place of a file, and whether it was copied now."""
    try:
        if not file.path.is_file():
            what = "a folder" if file.path.is_dir() else "no ordinary file"
            raise SourceError(f"{file.name}: it is {what}", fix="name files, such as landing/*.csv")
        digest, size = _hash_of(file.path)
        target = _place(workspace.landing, file.name, digest)
        if target.is_file() and target.stat().st_size == size:
            return digest, size, target, False
        digest, size = _copy(file.path, workspace.landing, file.name)
        return digest, size, _place(workspace.landing, file.name, digest), True
    except OSError as cause:
        raise _failure(cause, file) from cause


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


def _place(landing: Path, name: str, digest: str) -> Path:
    """Where content lies: by its hash, with the endings that say its format."""
    suffixes = "".join(PurePath(name.lower()).suffixes[-2:])
    safe = "".join(letter for letter in suffixes if letter.isalnum() or letter == ".")[:20]
    return landing / digest[:2] / f"{digest}{safe}"


def _sweep(landing: Path) -> None:
    """Remove what a killed run left half copied."""
    if landing.is_dir():
        for partial in landing.glob(f"{PARTIAL}*"):
            partial.unlink(missing_ok=True)


def _hash_of(path: Path) -> tuple[str, int]:
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
        return digest, source.tell()


def _copy(path: Path, landing: Path, name: str) -> tuple[str, int]:
    """Copy under the hash of what is copied: a file that grows meanwhile is taken as it was read."""
    landing.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    size = 0
    handle, partial = tempfile.mkstemp(prefix=PARTIAL, dir=landing)
    try:
        with path.open("rb") as source, os.fdopen(handle, "wb") as target:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        place = _place(landing, name, digest.hexdigest())
        place.parent.mkdir(exist_ok=True)
        Path(partial).replace(place)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    return digest.hexdigest(), size
