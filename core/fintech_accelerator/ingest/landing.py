"""Landing: each source file is copied as received, under the name of its content, and never changed again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.errors import (
    FintechError,
    SettingsError,
    SourceError,
    unknown_name,
)
from fintech_accelerator.events import EventSink, StepFinished, StepProgressed, StepStarted, ignore
from fintech_accelerator.ingest.landing_zone import Landed, at_hand, bring, sweep
from fintech_accelerator.ingest.mapping import SourceMapping, read_mappings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fintech_accelerator.contract import Contract
    from fintech_accelerator.ports import SourceFile
    from fintech_accelerator.settings import Settings


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
    known: dict[str, Landed] = {}
    sweep(settings.workspace.landing)
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
                content = file.remote.version if file.remote else str(file.path)
                if content not in known:
                    known[content] = bring(settings.workspace, file, _telling(on_event, run_id, file))
            except SourceError as cause:
                refused.append(RefusedFile(mapping.table.name, file.name, None, cause.reason, cause.fix))
                on_event(StepFinished(run_id, "land", file.name, "refused"))
                continue
            landed.append(_landed(mapping, file, known[content]))
            on_event(StepFinished(run_id, "land", file.name, "ok" if landed[-1].is_new else "skipped"))
    return LandResult(tuple(landed), tuple(refused))


def _landed(mapping: SourceMapping, file: SourceFile, at: Landed) -> LandedFile:
    return LandedFile(
        table=mapping.table.name,
        source_index=mapping.index,
        alias=file.alias,
        name=file.name,
        sha256=at.sha256,
        size_bytes=at.size_bytes,
        path=at.path,
        is_new=at.is_new,
    )


def _telling(on_event: EventSink, run_id: str, file: SourceFile) -> Callable[[int], None]:
    """Told how many bytes arrived, tell how far a file that is fetched has come."""
    total = file.remote.size_bytes if file.remote else 0
    done = 0

    def tell(arrived: int) -> None:
        nonlocal done
        done += arrived
        on_event(StepProgressed(run_id, "land", file.name, done, total))

    return tell


def _offered(settings: Settings, mapping: SourceMapping) -> tuple[SourceFile, ...] | SourceError:
    """What is offered, or why nothing is; a wrong setting of any source stops before a file is touched."""
    try:
        return offered_files(settings, mapping)
    except SourceError as cause:
        return cause


def offered_files(settings: Settings, mapping: SourceMapping) -> tuple[SourceFile, ...]:
    """What a source's connector offers. Raises SourceError and SettingsError."""
    from fintech_accelerator.plugins import installed

    connectors = installed().connectors()
    source = mapping.source
    if source.brought_by not in connectors:
        raise unknown_name("connector", source.brought_by, connectors)
    try:
        offered = tuple(
            connectors[source.brought_by].files(
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
            f"{mapping.where}: the connector {source.brought_by!r} failed: {type(cause).__name__}: {cause}",
            fix="upgrade the connector, or report it to who made it",
        ) from cause
    return tuple(sorted(offered, key=lambda file: (file.alias, file.name)))


def files_at_hand(
    settings: Settings, mapping: SourceMapping, *, firsts_only: bool = False
) -> tuple[SourceFile, ...]:
    """What a source's connector offers, readable where it lies. Raises SourceError and SettingsError."""
    offered = offered_files(settings, mapping)
    try:
        return at_hand(settings.workspace, offered, firsts_only=firsts_only)
    except SourceError as cause:
        raise SourceError(f"{mapping.where}: {cause.reason}", fix=cause.fix) from cause
