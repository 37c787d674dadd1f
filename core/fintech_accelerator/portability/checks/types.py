"""Where types stand, and types without their size."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.portability.words import Statement

CASTS = frozenset({"cast", "try_cast"})
CONSTRAINTS = frozenset({"primary", "foreign", "unique", "constraint", "check", "like", "exclude"})
DECIMALS = frozenset({"decimal", "numeric", "dec"})
TEXTS = frozenset({"varchar", "nvarchar", "text"})


def type_places(statement: Statement) -> Iterator[int]:
    """Where a type stands: in a cast, of a column that is defined or altered."""
    yield from (place + 1 for place in statement.places.get("::", ()))
    for place in statement.places.get("as", ()):
        around = statement.within(place)
        if around > 0 and statement.at(around - 1) in CASTS:
            yield place + 1
    yield from (place + 1 for place in column_places(statement))


def column_places(statement: Statement) -> Iterator[int]:
    """Where the name of a column that is defined or altered stands."""
    if statement.verb == "create" and "table" in statement.places:
        opening = _after_name(statement, statement.places["table"][0] + 1)
        if statement.at(opening) == "(":
            yield from (
                place
                for place in statement.arguments(opening)
                if statement.is_name(place) and statement.at(place) not in CONSTRAINTS
            )
    elif statement.verb == "alter":
        for place in statement.places.get("add", ()):
            name = place + 2 if statement.at(place + 1) == "column" else place + 1
            if statement.at(name) not in CONSTRAINTS:
                yield name
        yield from (place for place in statement.places.get("type", ()) if statement.is_name(place - 1))


def _after_name(statement: Statement, place: int) -> int:
    """Behind [if not exists] the parts of a table's name."""
    while statement.at(place) in ("if", "not", "exists"):
        place += 1
    while statement.at(place + 1) == ".":
        place += 2
    return place + 1


def wrong_types(statement: Statement, names: frozenset[str]) -> Iterator[int]:
    """The types of a list, and arrays of any; DOUBLE PRECISION is one word in two."""
    for place in type_places(statement):
        is_double = statement.at(place) == "double" and statement.at(place + 1) == "precision"
        if (statement.at(place) in names and not is_double) or _is_array(statement, place):
            yield place


def _is_array(statement: Statement, place: int) -> bool:
    after = statement.closing(place + 1) + 1 if statement.at(place + 1) == "(" else place + 1
    is_bracket = statement.at(after) == "[" and statement.kind(after + 1) in ("sign", "number")
    return statement.is_name(place) and is_bracket


def decimal_without_precision(statement: Statement) -> Iterator[int]:
    """DECIMAL without parentheses."""
    return _without_size(statement, DECIMALS)


def varchar_without_length(statement: Statement) -> Iterator[int]:
    """VARCHAR without parentheses, or TEXT."""
    return _without_size(statement, TEXTS)


def _without_size(statement: Statement, names: frozenset[str]) -> Iterator[int]:
    if names.isdisjoint(statement.places):
        return
    for place in type_places(statement):
        if statement.at(place) in names and statement.at(place + 1) != "(":
            yield place
