"""What stands in FROM."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.portability.words import Statement

QUERY = frozenset({"select", "with", "from"})
AFTER_A_TABLE = frozenset(
    {
        "",
        ")",
        ";",
        ",",
        "where",
        "group",
        "having",
        "order",
        "limit",
        "offset",
        "union",
        "except",
        "intersect",
    }
    | {
        "minus",
        "join",
        "inner",
        "left",
        "right",
        "full",
        "cross",
        "natural",
        "on",
        "using",
        "qualify",
        "window",
    }
)


def subquery_without_alias(statement: Statement) -> Iterator[int]:
    """A subquery in FROM or JOIN that has no name."""
    for word in ("from", "join"):
        for place in statement.places.get(word, ()):
            opening = place + 1
            if statement.at(opening) != "(" or statement.at(opening + 1) not in QUERY:
                continue
            if statement.is_clause(place) and statement.at(statement.closing(opening) + 1) in AFTER_A_TABLE:
                yield opening


def file_as_table(statement: Statement) -> Iterator[int]:
    """A text where a table should be, as in: select * from 'payments.csv'."""
    if statement.verb == "create" and statement.at(1) in ("library", "external", "model"):
        return
    for word in ("from", "join"):
        for place in statement.places.get(word, ()):
            if statement.kind(place + 1) == "text" and statement.is_clause(place):
                yield place + 1
