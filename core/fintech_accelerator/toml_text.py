"""Where a TOML text stops being one, in words that name a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tomllib

AT_END = "(at end of document)"


def toml_problem(cause: tomllib.TOMLDecodeError, text: str) -> str:
    """What the reader said; where it names no line, the last one is meant."""
    said = str(cause)
    last = len(text.rstrip().splitlines())
    return said.replace(AT_END, f"(in line {last}, the last)") if AT_END in said else said
