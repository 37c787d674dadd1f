"""A statement cut into words, signs and literals without understanding it, so that any text can be cut."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

# what quotes and comments are in Redshift's SQL; in expressions that are DOTALL and VERBOSE
COMMENT = r"--[^\n]* | /\*.*?\*/"
TEXT = r"'(?:[^'\\]|''|\\.)*' | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$"
QUOTED = r'"(?:[^"]|"")*"'
CUT = re.compile(
    rf"""
    (?P<skip> \s+ | {COMMENT} )
    | (?P<word> [^\W\d]\w* )
    | (?P<text> {TEXT} )
    | (?P<quoted> {QUOTED} )
    | (?P<number> (?:\d[\w]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? )
    | (?P<bind> \$\d+ | %s | %\(\w+\)s )
    | (?P<sign> ->> | -> | \#>> | \#> | :: | := | => | // | == | \*\* | @> | <@ | \|\| | <> | != | <= | >=
        | . )
    """,
    re.DOTALL | re.VERBOSE,
)
BIND = re.compile(r"\$(?=\d)")
SYSTEM = re.compile(r"(?:pg|svv|stv|stl|stll|svl|svcs|stcs|sys)_")
SYSTEM_SCHEMAS = frozenset({"pg_catalog", "information_schema"})
# inside these FROM is no clause: extract(year from d), trim(both from a)
FROM_INSIDE = frozenset({"extract", "trim", "substring", "overlay", "position"})
FROM_ENDS = frozenset(
    {"where", "group", "having", "order", "limit", "union", "except", "intersect", "qualify", "set", ")", ";"}
)
TABLE_FOLLOWS = ("from", "join", "into", "update", "using")


class Statement:
    """One statement as parallel lists; `places` says where each word stands. Texts are in lower case.

    Names in quotes and literals keep their spelling. Beyond the ends everything is "".
    """

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self.texts: list[str] = []
        self.starts: list[int] = []
        self.kinds: list[str] = []
        self.places: dict[str, list[int]] = {}
        for found in CUT.finditer(sql):
            kind = found.lastgroup or ""
            if kind != "skip":
                self._add("text" if kind == "tag" else kind, found.group(), found.start())

    def _add(self, kind: str, text: str, start: int) -> None:
        if kind == "word":
            text = text.lower()
        if kind in ("word", "sign"):
            self.places.setdefault(text, []).append(len(self.texts))
        self.texts.append(text)
        self.starts.append(start)
        self.kinds.append(kind)

    def at(self, place: int) -> str:
        """The text at a place, or "" beyond the ends."""
        return self.texts[place] if 0 <= place < len(self.texts) else ""

    def kind(self, place: int) -> str:
        """Of which kind it is: word, quoted, text, number, bind or sign; "" beyond the ends."""
        return self.kinds[place] if 0 <= place < len(self.kinds) else ""

    def is_name(self, place: int) -> bool:
        """Whether a word or a quoted name stands there."""
        return self.kind(place) in ("word", "quoted")

    @cached_property
    def verb(self) -> str:
        """What kind of statement it is: its first word, behind EXPLAIN and opening parentheses."""
        return next((text for text in self.texts if text not in ("(", "explain", "verbose")), "")

    @cached_property
    def _nesting(self) -> tuple[dict[int, int], list[int]]:
        closing: dict[int, int] = {}
        within: list[int] = []
        stack = [-1]
        for place, text in enumerate(self.texts):
            if text == ")" and len(stack) > 1:
                closing[stack.pop()] = place
            within.append(stack[-1])
            if text == "(":
                stack.append(place)
        return closing, within

    @cached_property
    def _openings(self) -> dict[int, int]:
        return {end: start for start, end in self._nesting[0].items()}

    def closing(self, opening: int) -> int:
        """Where the parenthesis that opens at a place is closed; the end if it is not."""
        return self._nesting[0].get(opening, len(self.texts))

    def opening(self, closing: int) -> int:
        """Where the parenthesis that is closed at a place opens, or -1."""
        return self._openings.get(closing, -1)

    def within(self, place: int) -> int:
        """Where the innermost parenthesis around a place opens, or -1."""
        return self._nesting[1][place] if 0 <= place < len(self.texts) else -1

    def arguments(self, opening: int) -> list[int]:
        """Where each argument between the parenthesis at a place and its end begins."""
        end = self.closing(opening)
        if end == opening + 1:
            return []
        commas = [each for each in self.places.get(",", ()) if opening < each < end]
        return [opening + 1, *(each + 1 for each in commas if self.within(each) == opening)]

    def is_clause(self, place: int) -> bool:
        """Whether FROM at a place begins the clause of tables."""
        if self.at(place - 1) == "distinct" and self.at(place - 2) in ("is", "not"):
            return False
        around = self.within(place)
        return around < 0 or self.at(around - 1) not in FROM_INSIDE

    @cached_property
    def steps(self) -> frozenset[str]:
        """The names that WITH gives."""
        return frozenset(
            self.at(place - 1).strip('"')
            for place in self.places.get("as", ())
            if self.at(place + 1) == "(" and self.at(place - 2) in ("with", "recursive", ",")
        )

    @cached_property
    def tables(self) -> tuple[tuple[str, ...], ...]:
        """The relations that are named, each as the parts of its name, without steps and functions."""
        named = [place + 1 for word in TABLE_FOLLOWS for place in self.places.get(word, ())]
        places = [place for place in named if self.is_clause(place - 1)]
        places += [comma + 1 for place in self.places.get("from", ()) for comma in self._commas(place)]
        found = [self._relation(place) for place in places]
        return tuple(parts for parts in found if parts and not (len(parts) == 1 and parts[0] in self.steps))

    def _commas(self, place: int) -> list[int]:
        """The commas of a clause FROM, as in: from a, b."""
        found: list[int] = []
        if not self.is_clause(place):
            return found
        while place + 1 < len(self.texts):
            place = self.closing(place + 1) if self.at(place + 1) == "(" else place + 1
            if self.at(place) == ",":
                found.append(place)
            elif self.at(place) in FROM_ENDS:
                break
        return found

    def _relation(self, place: int) -> tuple[str, ...]:
        parts: list[str] = []
        while self.is_name(place):
            parts.append(self.texts[place].strip('"').lower())
            if self.at(place + 1) != ".":
                break
            place += 2
        return () if self.at(place + 1) == "(" and not self.is_insert(place) else tuple(parts)

    def is_insert(self, place: int) -> bool:
        """Whether the name at a place is that of a table with its columns behind: insert into t (a)."""
        while self.at(place - 1) == ".":
            place -= 2
        return self.at(place - 1) in ("into", "table", "exists")

    @cached_property
    def reads_tables(self) -> bool:
        """Whether a relation is read that is none of the system's."""
        return any(not is_system(parts) for parts in self.tables)

    @cached_property
    def is_catalogue_only(self) -> bool:
        """Whether only the system's relations are read, which the leader node does alone, as PostgreSQL."""
        return bool(self.tables) and not self.reads_tables

    @cached_property
    def tree(self) -> exp.Expr | None:
        """The statement as sqlglot reads it, or None where it cannot."""
        import logging

        import sqlglot

        logger = logging.getLogger("sqlglot")
        was_disabled, logger.disabled = logger.disabled, True
        try:
            return sqlglot.parse_one(BIND.sub("_", self.sql), read="redshift")  # "$1, $2" is one text to it
        except Exception:  # noqa: BLE001  (a parser may end in anything; the other rules hold without it)
            return None
        finally:
            logger.disabled = was_disabled


def is_system(parts: tuple[str, ...]) -> bool:
    """Whether a relation is one of the catalogue or of the system's tables."""
    return bool(SYSTEM_SCHEMAS & set(parts[:-1])) or SYSTEM.match(parts[-1]) is not None
