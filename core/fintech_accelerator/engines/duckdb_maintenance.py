"""What gathers around a DuckDB warehouse: its log, publications nobody reads, and what killed runs left."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fintech_accelerator.clock import utc
from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.engines.maintenance import Action, Task
from fintech_accelerator.engines.publications.disk import remove
from fintech_accelerator.engines.publications.manifest import load_manifest
from fintech_accelerator.engines.publications.pointer import Pointer, read_pointer, write_pointer
from fintech_accelerator.engines.publications.retention import GRACE, removable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TEMPORARY = ("fintech-check-*", "fintech-lint-*", "fintech-reader-*")  # what the product makes there
LONG_RUN = timedelta(days=1)  # no run takes so long: what is older belongs to one that was killed


def checkpoint(path: Path) -> Iterator[Task]:
    """Write what is in the log into the warehouse's file."""
    log = path.with_name(f"{path.name}.wal")
    size = log.stat().st_size if log.is_file() else 0
    if size:
        why = "changes stand in the log beside the file: every opening reads them again"
        yield Task((Action("checkpoint", path.name, why, bytes=size),), partial(write_log, path))


def write_log(path: Path) -> None:
    """Bring the warehouse's file up to date and empty its log; pages of deleted rows become free."""
    with open_warehouse(path) as connection:
        connection.execute("force checkpoint")


def old_publications(folder: Path, *, now: datetime, emptied_at: datetime | None = None) -> Iterator[Task]:
    """What no reader of a target is sent to any more, and leftovers of publishing.

    `emptied_at` is when rows were last deleted for good: a publication made before has them, so that it is no
    longer one to go back to.
    """
    if not folder.is_dir():
        return
    for leftover in sorted(folder.glob(".gone-*")):
        yield _leftover(leftover, f"{folder.name}/{leftover.name}")
    pointer = read_pointer(folder)
    for pack in sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name[0] != "."):
        old = _made_before(folder, pack, pointer, emptied_at, now) if emptied_at else set()
        for path in removable(folder, pack, pointer, now=now, grace=GRACE):
            if path.name.startswith("."):
                yield _leftover(path, f"{folder.name}/{pack}/{path.name}")
            else:
                yield _publication(folder, pack, int(path.name), "no reader is sent to it any more")
        for number in sorted(old):
            yield _publication(folder, pack, number, "it has rows that were deleted for good since")


def _made_before(folder: Path, pack: str, pointer: Pointer, emptied_at: datetime, now: datetime) -> set[int]:
    """Publications to go back to that still have what was deleted; what serves is left to the next run."""
    left = pointer.left.get(pack, {})
    return {
        number
        for number in pointer.published.get(pack, ())[:-1]
        if _published_at(folder, pack, number) < utc(emptied_at)
        and (number not in left or utc(now) - left[number] >= GRACE)
    }


def serving_before(folder: Path, moment: datetime) -> tuple[str, ...]:
    """The packs whose readers are sent to a publication made before a moment."""
    if not folder.is_dir():
        return ()
    served = {pack: numbers[-1] for pack, numbers in read_pointer(folder).published.items()}
    return tuple(
        pack for pack, number in sorted(served.items()) if _published_at(folder, pack, number) < utc(moment)
    )


def _published_at(folder: Path, pack: str, number: int) -> datetime:
    return utc(datetime.fromisoformat(load_manifest(folder / pack / str(number)).published_at))


def _leftover(path: Path, name: str) -> Task:
    action = Action("remove leftover", name, "a publication that was stopped left it", bytes=size_of([path]))
    return Task((action,), partial(shutil.rmtree, path, ignore_errors=True))


def _publication(folder: Path, pack: str, number: int, why: str) -> Task:
    path = folder / pack / str(number)
    name = f"{folder.name}/{pack}/{number}"
    action = Action("remove publication", name, why, bytes=size_of([path]))
    return Task((action,), partial(_forget, folder, pack, number))


def _forget(folder: Path, pack: str, number: int) -> None:
    """Take a publication from the pointer first, then from the disk."""
    pointer = read_pointer(folder).without(pack, {number})
    kept = tuple(each for each in pointer.published.get(pack, ()) if each != number)
    if pack in pointer.published:
        pointer = Pointer({**pointer.published, pack: kept}, pointer.last, pointer.left)
    write_pointer(folder, pointer)
    remove(folder / pack / str(number))


def temporary_folders(*, now: datetime) -> Iterator[Task]:
    """Folders that killed processes left among the machine's temporary files: ours, this user's, and old."""
    place = Path(tempfile.gettempdir())
    for path in sorted(each for pattern in TEMPORARY for each in place.glob(pattern)):
        if _is_abandoned(path, now):
            yield _folder(path, "a process that was killed left it")


def copying_folders(folder: Path) -> Iterator[Task]:
    """Files on their way to the landing bucket; only for the holder of the run lock."""
    for path in sorted(folder.glob("copy-*")) if folder.is_dir() else ():
        yield _folder(path, "a copy that was killed left it")


def _folder(path: Path, why: str) -> Task:
    action = Action("remove temporary folder", path.name, why, bytes=size_of([path]))
    return Task((action,), partial(shutil.rmtree, path, ignore_errors=True))


def _is_abandoned(path: Path, now: datetime) -> bool:
    try:
        facts = path.lstat()
    except FileNotFoundError:
        return False
    is_own = not hasattr(os, "getuid") or facts.st_uid == os.getuid()
    is_folder = path.is_dir() and not path.is_symlink()
    return is_own and is_folder and utc(now) - datetime.fromtimestamp(facts.st_mtime, UTC) > LONG_RUN


def old_files(folder: Path, *, before: datetime, kept: frozenset[str]) -> Iterator[tuple[Path, bool]]:
    """Landed files that came before a moment, and whether the hash of each is among the `kept`."""
    for path in sorted(folder.glob("??/*")) if folder.is_dir() else ():
        if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, UTC) < utc(before):
            yield path, path.name.partition(".")[0] in kept


def size_of(places: Iterable[Path]) -> int:
    """The bytes that removing files or folders frees: a file with another name elsewhere frees none."""
    links: dict[tuple[int, int], tuple[int, int, int]] = {}
    for place in places:
        for path in (place, *place.rglob("*")) if place.is_dir() else (place,):
            facts = path.lstat()
            if path.is_file() and not path.is_symlink():
                key = facts.st_dev, facts.st_ino
                seen = links.get(key, (0, 0, 0))[2] + 1
                links[key] = facts.st_size, facts.st_nlink, seen
    return sum(size for size, names, seen in links.values() if seen >= names)
