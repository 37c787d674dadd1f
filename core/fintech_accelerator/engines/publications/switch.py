"""Sending readers elsewhere without building anything: back to an earlier publication, or nowhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fintech_accelerator.engines.publications.disk import remove, translated
from fintech_accelerator.engines.publications.manifest import read_manifest
from fintech_accelerator.engines.publications.pointer import read_pointer, write_pointer
from fintech_accelerator.errors import UsageError, unknown_name

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.engines.publications.pointer import Pointer


def rollback(folder: Path, pack: str, *, to: int | None = None) -> tuple[int, int]:
    """Return a pack's readers to the publication before, or to a given one; only for the run lock's holder.

    Returns (left, serving). What is left behind is rejected: it is not rolled back to again, and removed
    after the grace time. Raises UnknownNameError, UsageError, IntegrityError.
    """
    with translated(f"rolling back {pack}", folder):
        pointer = read_pointer(folder)
        numbers = pointer.published.get(pack)
        if not numbers:
            raise unknown_name("published pack", pack, pointer.published)
        chosen = _chosen(pack, numbers, to)
        read_manifest(folder, pack, chosen)
        remaining = numbers[: numbers.index(chosen) + 1]
        write_pointer(folder, pointer.moved(pack, remaining, at=datetime.now(UTC)))
    return numbers[-1], chosen


def withdraw(folder: Path, pack: str) -> tuple[int, ...]:
    """Publish a pack no longer and remove all that is published of it; its numbers are not used again.

    Returns the publications that could be served before.
    """
    with translated(f"withdrawing {pack}", folder):
        pointer = read_pointer(folder)
        numbers = pointer.published.get(pack, ())
        if pack in pointer.last:
            write_pointer(folder, _forgotten(pointer, pack))
        if (folder / pack).is_dir():
            remove(folder / pack)
    return numbers


def _chosen(pack: str, numbers: tuple[int, ...], to: int | None) -> int:
    others = ", ".join(map(str, numbers[:-1]))
    if to is None and len(numbers) == 1:
        raise UsageError(
            f"{pack}: no publication before {numbers[-1]} is kept",
            fix="there is nothing to return to; `fintech run` publishes anew when there is new data",
        )
    if to is None:
        return numbers[-2]
    if to == numbers[-1]:
        raise UsageError(
            f"{pack}: publication {to} is the one that serves",
            fix=f"choose one of {others}" if others else "there is no other to return to",
        )
    if to not in numbers:
        raise UsageError(
            f"{pack}: publication {to} is not kept (kept: {', '.join(map(str, numbers))})",
            fix=f"choose one of {others}" if others else "there is no other to return to",
        )
    return to


def _forgotten(pointer: Pointer, pack: str) -> Pointer:
    left = set(pointer.left.get(pack, {})) | set(pointer.published.get(pack, ()))
    return pointer.moved(pack, (), at=datetime.now(UTC)).without(pack, left)
