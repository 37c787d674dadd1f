"""Words that cannot be names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.portability.checks.types import CASTS, column_places, type_places
from fintech_accelerator.portability.rules import rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.portability.words import Statement

QUERIES = frozenset({"select", "with", "insert", "update", "delete", "merge"})
DEFINED = frozenset({"table", "view", "or", "temp", "temporary", "local", "materialized"})
# of a table's definition only, so in a query they are names
OF_DEFINITIONS = frozenset({"backup", "encode", "identity"})
TABLE_FOLLOWS = ("from", "join", "into", "update")
ALIAS_ENDS = frozenset({"", ",", "from", ")", ";", "where", "on", "join", "inner", "left", "order", "group"})
# what may follow FROM, JOIN or AS without being a name
OPENERS = frozenset({"lateral", "only", "select", "with", "table", "unnest", "values", "case", "identity"})


def reserved_word(statement: Statement) -> Iterator[int]:
    """A reserved word where a name stands."""
    rule = rules()["reserved-word"]
    alone, grammar = frozenset(rule.names), frozenset(rule.grammar)
    words = statement.places.keys() & (alone | grammar)
    if not words:
        return
    if statement.verb in QUERIES:
        alone |= OF_DEFINITIONS
    elif statement.verb == "alter":
        alone = frozenset()
    elif statement.verb != "create" or statement.at(1) not in DEFINED:
        return
    for word in words & alone:
        yield from (place for place in statement.places[word] if statement.at(place - 1) != "encode")
    if words - alone:
        for place in _names(statement):
            if statement.at(place) in words and statement.kind(place) == "word":
                yield place


def system_column(statement: Statement) -> Iterator[int]:
    """A column that is called as one of PostgreSQL's own."""
    names = frozenset(rules()["system-column"].names)
    if names.isdisjoint(statement.places):
        return
    for place in (*column_places(statement), *_aliases(statement)):
        if statement.at(place) in names:
            yield place


def _names(statement: Statement) -> Iterator[int]:
    """Where nothing but a name can stand."""
    yield from column_places(statement)
    yield from _aliases(statement)
    for dot in statement.places.get(".", ()):
        yield from (dot - 1, dot + 1)
    for place in statement.places.get("as", ()):  # of a step
        if statement.at(place + 1) == "(" and statement.at(place - 2) in ("with", "recursive", ","):
            yield place - 1
    for word in TABLE_FOLLOWS:
        for place in statement.places.get(word, ()):
            is_name = statement.at(place + 1) not in OPENERS and statement.at(place + 2) != "("
            if is_name and statement.is_clause(place):
                yield place + 1
    if statement.verb == "alter":
        yield from (place + 1 for place in statement.places.get("to", ()))


def _aliases(statement: Statement) -> Iterator[int]:
    types = set(type_places(statement))
    for place in statement.places.get("as", ()):
        name = place + 1
        around = statement.within(place)
        is_cast = around > 0 and statement.at(around - 1) in CASTS
        if is_cast or name in types or statement.at(name) in OPENERS:
            continue
        if statement.at(name + 1) in ALIAS_ENDS:
            yield name
