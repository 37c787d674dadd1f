"""MERGE and ALTER TABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.portability.words import Statement

SIZED = frozenset({"varchar", "character", "nvarchar", "varbyte", "varbinary"})


def merge_branches(statement: Statement) -> Iterator[int]:
    """A second WHEN of the same kind."""
    if statement.verb != "merge":
        return
    seen: set[bool] = set()
    for place in statement.places.get("matched", ()):
        is_matched = statement.at(place - 1) != "not"
        if is_matched in seen:
            yield place
        seen.add(is_matched)


def merge_target_alias(statement: Statement) -> Iterator[int]:
    """A name behind the target's own."""
    if statement.verb != "merge" or "into" not in statement.places:
        return
    place = statement.places["into"][0] + 1
    while statement.at(place + 1) == ".":
        place += 2
    if statement.at(place + 1) not in ("using", ""):
        yield place + 1


def alter_column(statement: Statement) -> Iterator[int]:
    """A change of a column other than that of a VARCHAR's length or the encoding."""
    if statement.verb != "alter":
        return
    for place in statement.places.get("alter", ())[1:]:
        if statement.at(place + 1) != "column":
            continue
        action, what = statement.at(place + 3), statement.at(place + 4)
        if action in ("set", "drop") or (action == "type" and what not in SIZED):
            yield place


def alter_several(statement: Statement) -> Iterator[int]:
    """A second ADD or DROP behind a comma."""
    if statement.verb == "alter":
        for place in statement.places.get(",", ()):
            if statement.at(place + 1) in ("add", "drop") and statement.within(place) < 0:
                yield place + 1
