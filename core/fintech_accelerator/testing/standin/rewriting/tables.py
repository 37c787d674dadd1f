"""CREATE TABLE and MATERIALIZED VIEW: distribution, sort keys and encodings are taken off and recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fintech_accelerator.testing.standin.rewriting.queries import rewritten_query
from fintech_accelerator.testing.standin.rewriting.text import Refused, cut, marked, pieces

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin.rewriting.text import Piece

STYLES = ("auto", "even", "key", "all")
INTERLEAVED_COLUMNS = 8
SORT_COLUMNS = 400
Attributes = dict[str, Any]


def rewritten_table(sql: str) -> str:
    """The definition without its physical design, which an event trigger records from the comment."""
    scan = _Scan(sql)
    scan.run()
    _check(scan.attributes)
    plain = cut(sql, scan.spans)
    is_view = pieces(sql)[1].text.lower() == "materialized"
    if is_view:
        scan.attributes["definition"] = sql
    made = rewritten_query(plain)
    if not scan.attributes:
        return made
    return marked(scan.attributes, made)


class _Scan:
    """Walks over the words of a definition, and knows in which column it is."""

    def __init__(self, sql: str) -> None:
        self.words = [piece for piece in pieces(sql) if not piece.text.startswith(("--", "/*"))]
        self.spans: list[tuple[int, int, str]] = []
        self.attributes: Attributes = {}
        self._depth = 0
        self._column = ""
        self._is_column_next = False

    def run(self) -> None:
        at = 0
        while at < len(self.words):
            word = self.words[at]
            if word.text.lower() == "as" and self._depth == 0:
                return  # the query follows
            at += self._step(at, word)

    def _step(self, at: int, word: Piece) -> int:
        """How many words were read."""
        if word.text in "(),":
            self._depth += {"(": 1, ")": -1}.get(word.text, 0)
            self._is_column_next = word.text != ")"
            return 1
        if self._is_column_next and self._depth == 1:
            self._column = word.text.strip('"').lower()
            self._is_column_next = False
            return 1
        if not word.is_plain:
            return 1
        return self._attribute(at, word.text.lower())

    def _attribute(self, at: int, word: str) -> int:
        following = self._text(at + 1)
        readers = {"distkey": self._distkey, "sortkey": self._sortkey}
        if word in readers:
            return readers[word](at)
        if word == "diststyle":
            if following not in STYLES:
                raise Refused(f'syntax error at or near "{following}"', "42601")
            return self._take(at, 2, diststyle=following)
        if word in ("compound", "interleaved") and following == "sortkey":
            return self._take(at, 1, sorttype=word)
        if word == "encode":
            encodings = {**self.attributes.get("encode", {}), self._column or "*": following}
            return self._take(at, 2, encode=encodings)
        return self._option(at, word, following)

    def _option(self, at: int, word: str, following: str) -> int:
        if word == "backup" and following in ("yes", "no"):
            return self._take(at, 2, backup=following)
        if word == "auto" and following == "refresh":
            return self._take(at, 3, autorefresh=self._text(at + 2) == "yes")
        return 1

    def _distkey(self, at: int) -> int:
        if self._depth > 0 or self._text(at + 1) != "(":
            return self._take(at, 1, distkey=self._column)
        names, length = self._bracket(at + 1)
        if len(names) != 1:
            raise Refused("DISTKEY names exactly one column", "42601")
        return self._take(at, 1 + length, distkey=names[0])

    def _sortkey(self, at: int) -> int:
        following = self._text(at + 1)
        if following == "auto":
            return self._take(at, 2)
        if following != "(":
            return self._take(at, 1, sortkey=[self._column])
        names, length = self._bracket(at + 1)
        return self._take(at, 1 + length, sortkey=names)

    def _bracket(self, at: int) -> tuple[list[str], int]:
        """The names in brackets, and how many words they are with the brackets."""
        for end in range(at + 1, len(self.words)):
            if self.words[end].text == ")":
                inside = self.words[at + 1 : end]
                return [word.text.strip('"').lower() for word in inside if word.text != ","], end - at + 1
        raise Refused("syntax error at end of input", "42601")

    def _take(self, at: int, count: int, **found: Any) -> int:
        self.spans.append((self.words[at].start, self.words[at + count - 1].end, " "))
        self.attributes.update(found)
        return count

    def _text(self, at: int) -> str:
        return self.words[at].text.lower().strip('"') if at < len(self.words) else ""


def _check(found: Attributes) -> None:
    if "distkey" in found and found.get("diststyle") in ("all", "even"):
        raise Refused(f"DISTKEY cannot stand beside DISTSTYLE {found['diststyle'].upper()}", "42601")
    columns = len(found.get("sortkey", []))
    if columns > (INTERLEAVED_COLUMNS if found.get("sorttype") == "interleaved" else SORT_COLUMNS):
        raise Refused(f"too many columns in the sort key: {columns}", "54011")
