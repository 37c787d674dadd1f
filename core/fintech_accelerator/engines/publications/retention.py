"""What is removed: leftovers of killed publications, and publications that nobody can be reading any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fintech_accelerator.clock import utc
from fintech_accelerator.engines.publications.disk import remove

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.engines.publications.pointer import Pointer

GRACE = timedelta(minutes=15)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def sweep(folder: Path, pack: str, pointer: Pointer, *, now: datetime, grace: timedelta) -> Pointer:
    """Remove what is not needed of a pack, and what a withdrawal left of any; returns the pointer to keep.

    A publication that readers were sent to stays for the grace time after they ceased to be: one of them may
    still be loading a page. One that was never pointed at was never seen.
    """
    for leftover in folder.glob(".gone-*"):
        remove(leftover)
    removed = {number for number in pointer.left.get(pack, {}) if not (folder / pack / str(number)).exists()}
    for path in removable(folder, pack, pointer, now=now, grace=grace):
        remove(path)
        if path.name.isdecimal():
            removed.add(int(path.name))
    return pointer.without(pack, removed)


def removable(
    folder: Path, pack: str, pointer: Pointer, *, now: datetime, grace: timedelta
) -> tuple[Path, ...]:
    """What may be removed of a pack's folder now: leftovers, and publications that nobody can be reading."""
    place = folder / pack
    leftovers = [path for name in (".building-*", ".gone-*") for path in sorted(place.glob(name))]
    served = set(pointer.published.get(pack, ()))
    left = pointer.left.get(pack, {})
    free = []
    for number in sorted(int(path.name) for path in place.iterdir() if path.name.isdecimal()):
        was_seen = number <= pointer.last.get(pack, 0)
        is_free = not was_seen or utc(now) - left.get(number, LONG_AGO) >= grace
        if number not in served and is_free:
            free.append(place / str(number))
    return (*leftovers, *free)
