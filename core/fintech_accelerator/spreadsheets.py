"""Text that a spreadsheet would run as a formula, made harmless: in Python, and in SQL of any engine."""

from __future__ import annotations

BLANKS = " \t\n\v\f\r\u00a0\u3000"  # skipped by a spreadsheet before it looks
BREAKS = "\t\n\r"  # alone at the start they may break a cell in two
STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"  # the last four are the full-width forms of the first


def harmless(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would run it."""
    first, shown = text[:1], text.lstrip(BLANKS)[:1]
    is_formula = (shown and shown in STARTS) or (first and first in BREAKS)
    return f"'{text}" if is_formula else text


def harmless_sql(expression: str) -> str:
    """The same of a text column or expression, as SQL."""
    shown = f"left(ltrim({expression}, '{BLANKS}'), 1) in ({_listed(STARTS)})"
    first = f"left({expression}, 1) in ({_listed(BREAKS)})"
    return f"case when {shown} or {first} then '''' || {expression} else {expression} end"


def _listed(characters: str) -> str:
    return ", ".join(f"'{each}'" for each in characters)
