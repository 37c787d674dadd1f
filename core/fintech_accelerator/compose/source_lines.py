"""From a line of compiled SQL back to the model as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def source_line(wanted: str, source: Iterable[str], *, is_whole: bool = True) -> int | None:
    """The number of the one line that reads so, or holds a piece of one; None when there is no such one."""
    text = wanted.strip()
    places = [
        number
        for number, line in enumerate(source, 1)
        if text and (line.strip() == text if is_whole else text in line)
    ]
    return places[0] if len(places) == 1 else None
