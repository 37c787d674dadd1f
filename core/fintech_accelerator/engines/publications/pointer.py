"""The pointer: the one small file that says which publications readers are sent to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from fintech_accelerator.clock import utc
from fintech_accelerator.engines.publications.disk import json_bytes, replace_file
from fintech_accelerator.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

POINTER = "current.json"


@dataclass(frozen=True)
class Pointer:
    """The state of all packs; written as one file, so that a reader never sees packs of two moments.

    `published`: what can be served, the last one is; `last`: the highest number ever served, so that none is
    used twice; `left`: when readers ceased to be sent to a publication.
    """

    published: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    last: Mapping[str, int] = field(default_factory=dict)
    left: Mapping[str, Mapping[int, datetime]] = field(default_factory=dict)

    def serving(self, pack: str) -> int | None:
        """The publication that a pack's readers are sent to."""
        numbers = self.published.get(pack)
        return numbers[-1] if numbers else None

    def moved(self, pack: str, published: tuple[int, ...], *, at: datetime) -> Pointer:
        """The pointer with a pack's readers sent to the last of `published`, or nowhere."""
        serving = published[-1] if published else None
        before = self.serving(pack)
        left = {number: when for number, when in self.left.get(pack, {}).items() if number != serving}
        if before is not None and before != serving:
            left[before] = utc(at)
        others = {name: numbers for name, numbers in self.published.items() if name != pack}
        return Pointer(
            published={**others, pack: published} if published else others,
            last={**self.last, pack: max(self.last.get(pack, 0), serving or 0)},
            left={**self.left, pack: left},
        )

    def without(self, pack: str, removed: set[int]) -> Pointer:
        """The pointer without the memory of publications that are no longer on the disk."""
        left = {number: when for number, when in self.left.get(pack, {}).items() if number not in removed}
        return Pointer(self.published, self.last, {**self.left, pack: left})


def current(folder: Path) -> dict[str, tuple[int, ...]]:
    """The publications of each pack, oldest first; the last one serves, the others can be rolled back to."""
    return dict(read_pointer(folder).published)


def read_pointer(folder: Path) -> Pointer:
    """The pointer as it is now; empty before the first publication. Raises IntegrityError."""
    path = folder / POINTER
    try:
        raw = json.loads(path.read_bytes())
        return Pointer(
            published={pack: tuple(map(int, numbers)) for pack, numbers in raw["published"].items()},
            last={pack: int(number) for pack, number in raw["last"].items()},
            left={
                pack: {int(number): datetime.fromisoformat(when) for number, when in moments.items()}
                for pack, moments in raw["left"].items()
            },
        )
    except FileNotFoundError:
        return Pointer()
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise IntegrityError(
            f"{path} is not a pointer to publications: {cause!r}",
            fix="restore it from a backup, or empty the folder and publish again with `fintech run`",
        ) from cause


def write_pointer(folder: Path, pointer: Pointer) -> None:
    """Send readers to what the pointer says, from one moment to the next."""
    plain = {
        "published": {pack: list(numbers) for pack, numbers in sorted(pointer.published.items())},
        "last": dict(sorted(pointer.last.items())),
        "left": {
            pack: {str(number): when.isoformat() for number, when in sorted(moments.items())}
            for pack, moments in sorted(pointer.left.items())
            if moments
        },
    }
    replace_file(folder / POINTER, json_bytes(plain))
