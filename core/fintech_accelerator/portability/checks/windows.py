"""Aggregates over a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.portability.words import Statement

# with ORDER BY these need a frame of their own; the ranking ones, lag and lead have none
FRAMED = frozenset(
    {"avg", "count", "first_value", "last_value", "max", "min", "nth_value", "stddev", "stddev_pop"}
    | {"stddev_samp", "sum", "var_pop", "var_samp", "variance", "bool_and", "bool_or", "median", "listagg"}
)
BETWEEN = frozenset({"ignore", "respect", "nulls"})
FRAMES = frozenset({"rows", "range", "groups"})


def window_frame_missing(statement: Statement) -> Iterator[int]:
    """An aggregate with ORDER BY in its window and no frame."""
    for over, opening, name in _windows(statement):
        inside = range(opening + 1, statement.closing(opening))
        own = {statement.texts[place] for place in inside if statement.within(place) == opening}
        if name in FRAMED and "order" in own and not own & FRAMES:
            yield over


def window_distinct(statement: Statement) -> Iterator[int]:
    """An aggregate of DISTINCT values over a window."""
    for over, _, name in _windows(statement):
        call = _call(statement, over)
        if name in FRAMED and statement.at(call + 1) == "distinct":
            yield over


def _windows(statement: Statement) -> Iterator[tuple[int, int, str]]:
    """Each OVER, where its parenthesis opens, and the function before it."""
    for over in statement.places.get("over", ()):
        if statement.at(over + 1) == "(":
            yield over, over + 1, statement.at(_call(statement, over) - 1)


def _call(statement: Statement, over: int) -> int:
    """Where the arguments of the function before OVER open."""
    place = over - 1
    while statement.at(place) in BETWEEN:
        place -= 1
    opening = statement.opening(place)
    if statement.at(opening - 1) == "filter":
        opening = statement.opening(opening - 2)
    return opening
