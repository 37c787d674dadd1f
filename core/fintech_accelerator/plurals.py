"""Numbers with their nouns."""

from __future__ import annotations


def counted(number: int, singular: str) -> str:
    """A number with its noun, in the plural unless it is one."""
    return f"{number:,} {singular}{'' if number == 1 else 's'}"
