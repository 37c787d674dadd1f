"""Literals and names in quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.portability.words import Statement

MODERN = re.compile(r"\d+_\d|0[xXoObB]")


def number_form(statement: Statement) -> Iterator[int]:
    """A number as PostgreSQL reads it since 16."""
    return (place for place in _of_kind(statement, "number") if MODERN.match(statement.texts[place]))


def backslash(statement: Statement) -> Iterator[int]:
    """A text with a backslash; E'...' says that it means an escape."""
    for place in _of_kind(statement, "text"):
        text = statement.texts[place]
        if "\\" in text and not text.startswith("$") and statement.at(place - 1) != "e":
            yield place


def quoted_upper_case(statement: Statement) -> Iterator[int]:
    """A name in quotes that is not in lower case."""
    for place in _of_kind(statement, "quoted"):
        if statement.texts[place] != statement.texts[place].lower():
            yield place


def _of_kind(statement: Statement, kind: str) -> Iterator[int]:
    return (place for place, each in enumerate(statement.kinds) if each == kind)
