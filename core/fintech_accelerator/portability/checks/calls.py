"""Calls that differ by their arguments, or by what is made of their result."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.portability.words import Statement

PAIR = 2
FLAGS = 4  # the place of the flags among the arguments of regexp_replace
DATE_FIELDS = frozenset(
    {"year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond"}
    | {
        "dayofweek",
        "dayofmonth",
        "dayofyear",
        "weekday",
        "weekofyear",
        "isodow",
        "yearweek",
        "decade",
        "century",
    }
)


def calls(statement: Statement, name: str) -> Iterator[int]:
    """Where a function is called by its bare name."""
    for place in statement.places.get(name, ()):
        if (
            statement.at(place + 1) == "("
            and statement.at(place - 1) != "."
            and not statement.is_insert(place)
        ):
            yield place


def concat_arguments(statement: Statement) -> Iterator[int]:
    """Concat of three and more."""
    for place in calls(statement, "concat"):
        if len(statement.arguments(place + 1)) > PAIR:
            yield place


def concat_of_null(statement: Statement) -> Iterator[int]:
    """Concat of two, unless neither can be null."""
    for place in calls(statement, "concat"):
        arguments = statement.arguments(place + 1)
        if len(arguments) == PAIR and not all(_is_never_null(statement, each) for each in arguments):
            yield place


def _is_never_null(statement: Statement, place: int) -> bool:
    return statement.kind(place) in ("text", "number") or statement.at(place) == "coalesce"


def regexp_replace_flags(statement: Statement) -> Iterator[int]:
    """A text as the fourth argument."""
    for place in calls(statement, "regexp_replace"):
        arguments = statement.arguments(place + 1)
        if len(arguments) >= FLAGS and statement.kind(arguments[FLAGS - 1]) == "text":
            yield place


def regexp_replace_occurrences(statement: Statement) -> Iterator[int]:
    """No fourth argument: every occurrence, or the first."""
    for place in calls(statement, "regexp_replace"):
        if len(statement.arguments(place + 1)) < FLAGS:
            yield place


def date_field_function(statement: Statement) -> Iterator[int]:
    """A field of a date as a function: year(d)."""
    for name in DATE_FIELDS & statement.places.keys():
        for place in calls(statement, name):
            is_of_interval = statement.kind(place - 1) == "text" or statement.at(place - 1) == "to"
            if not is_of_interval:
                yield place


def date_part_type(statement: Statement) -> Iterator[int]:
    """The function date_part whose result is not cast at once."""
    for place in calls(statement, "date_part"):
        if not _is_cast(statement, place):
            yield place


def date_trunc_type(statement: Statement) -> Iterator[int]:
    """The function date_trunc of what is cast to a date, whose result is not cast."""
    for place in calls(statement, "date_trunc"):
        arguments = statement.arguments(place + 1)
        end = statement.closing(place + 1)
        is_of_date = len(arguments) == PAIR and _is_date(statement, arguments[1], end)
        if is_of_date and not _is_cast(statement, place):
            yield place


def _is_date(statement: Statement, place: int, end: int) -> bool:
    """Whether an expression ends in a cast to DATE, or is a literal of one."""
    if statement.at(place) == "cast" and statement.closing(place + 1) == end - 1:
        return statement.at(end - 2) == "date"
    return statement.texts[end - 2 : end] == ["::", "date"] or statement.at(place) == "date"


def _is_cast(statement: Statement, place: int) -> bool:
    """Whether a call stands right inside CAST or before a double colon."""
    is_inside = statement.at(place - 1) == "(" and statement.at(place - 2) in ("cast", "try_cast")
    return is_inside or statement.at(statement.closing(place + 1) + 1) == "::"
