"""SQL as text: tokens, cuts, and which kind of statement it is."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.portability.words import COMMENT, QUOTED, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

LEADING_COMMENTS = re.compile(r"^(?:\s|/\*.*?\*/|--[^\n]*(?:\n|$))+", re.DOTALL)
COPYING = re.compile(r"(copy|unload)\b", re.IGNORECASE)
PIECES = re.compile(rf"{TEXT} | {QUOTED} | {COMMENT} | ; | \w+ | .", re.DOTALL | re.VERBOSE)


class Refused(Exception):  # noqa: N818  (what Redshift does, not a fault of the program)
    """Redshift refuses this statement; the code is the SQLSTATE that the client sees."""

    def __init__(self, reason: str, code: str = "0A000") -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class Surroundings:
    """Where a statement runs: its database and user, the folder of buckets, a folder for files in passing."""

    database: str
    user: str
    buckets: Path
    spool: Path


@dataclass(frozen=True)
class Translation:
    """What PostgreSQL gets, and what is left to do when it has done it."""

    sql: str
    afterwards: Callable[[], None] | None = None


@dataclass(frozen=True)
class Piece:
    """A word, a quoted text, a comment or a sign, and where it starts."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def is_plain(self) -> bool:
        return self.text[0] not in "'\"" and not self.text.startswith(("--", "/*", "$"))


def pieces(sql: str) -> list[Piece]:
    """Cut a statement up without understanding it; quoted text and comments stay whole."""
    return [
        Piece(found.group(), found.start()) for found in PIECES.finditer(sql) if not found.group().isspace()
    ]


def statements_of(sql: str) -> list[str]:
    """Parts between semicolons that stand outside quotes and comments."""
    ends = [piece.start for piece in pieces(sql) if piece.text == ";"]
    starts = [0, *(end + 1 for end in ends)]
    parts = [sql[start:end] for start, end in zip(starts, [*ends, len(sql)], strict=True)]
    return [part for part in parts if body_of(part)]


def body_of(sql: str) -> str:
    """The statement without leading comments and without a semicolon at its end."""
    return LEADING_COMMENTS.sub("", sql).strip().rstrip(";").rstrip()


def is_copying(sql: str) -> bool:
    return COPYING.match(body_of(sql)) is not None


def unquoted(text: str) -> str:
    """What a string literal says."""
    return re.sub(r"''|\\(.)", lambda found: found.group(1) or "'", text[1:-1])


def name_of(text: str) -> str:
    """An identifier as the catalogue has it: Redshift folds quoted ones too."""
    return text.strip().strip('"').lower()


def parts_of(name: str) -> list[str]:
    return [name_of(part) for part in name.split(".")]


def relation(name: str) -> str:
    """A qualified name, without its database, with every part quoted."""
    return ".".join(f'"{part}"' for part in parts_of(name)[-2:])


def cut(sql: str, spans: Iterable[tuple[int, int, str]]) -> str:
    for start, end, instead in sorted(spans, reverse=True):
        sql = sql[:start] + instead + sql[end:]
    return sql


def folded(sql: str) -> str:
    """Quoted identifiers in lower case: Redshift folds them unless told otherwise."""
    return cut(
        sql,
        (
            (piece.start, piece.end, piece.text.lower())
            for piece in pieces(sql)
            if piece.text[0] == '"' and piece.text != piece.text.lower()
        ),
    )


def marked(facts: dict[str, Any], sql: str) -> str:
    """A definition with facts in a comment, which an event trigger of the database writes down."""
    coded = base64.b64encode(json.dumps(facts).encode()).decode()
    return f"/*standin:{coded}*/{sql}"
