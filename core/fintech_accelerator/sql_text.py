"""Names, values and messages as SQL and people read them, whichever engine it is."""

from __future__ import annotations

LINES = 3  # of an engine's message: what follows repeats the statement
WIDTH = 300


def quoted(identifier: str) -> str:
    """An identifier as SQL writes it."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def redshift_literal(text: str) -> str:
    """A text as Redshift's SQL writes it: backslashes in it are escapes."""
    return literal(text.replace("\\", "\\\\"))


def shortened(text: str) -> str:
    """The first lines of an engine's message, on one line."""
    kept = [line.strip() for line in text.splitlines() if line.strip() and set(line.strip()) != {"^"}]
    joined = " | ".join(kept[:LINES])
    return joined if len(joined) <= WIDTH else joined[: WIDTH - 1] + "…"
