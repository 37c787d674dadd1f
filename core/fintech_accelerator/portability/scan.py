"""One pass over the words of a statement, and the findings in it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from fintech_accelerator.portability.rules import PAGES, Finding, rules

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = re.compile(
    r"(?P<skip>\s+|--[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^'\\]|''|\\.)*'|\"(?:[^\"]|\"\")*\")"
    r"|(?P<number>\d[\w.]*)|(?P<word>[A-Za-z_]\w*)|(?P<sign>->>|->|::|//|.)",
    re.DOTALL,
)
CATALOGUE = re.compile(r"\b(?:pg_catalog|information_schema|(?:pg|svv|stv|stl|svl|sys)_\w+)\b", re.IGNORECASE)
FRAMED = frozenset(
    [
        "sum",
        "avg",
        "count",
        "min",
        "max",
        "first_value",
        "last_value",
        "nth_value",
        "stddev",
        "stddev_samp",
        "stddev_pop",
        "variance",
        "var_samp",
        "var_pop",
    ]
)
PAIRS = {
    ("distinct", "on"): "distinct-on",
    ("on", "conflict"): "on-conflict",
    ("with", "ties"): "with-ties",
    ("array", "["): "array",
    ("unnest", "("): "unnest",
    ("generate_series", "("): "generate-series",
    ("filter", "("): "filter-clause",
    ("check", "("): "check-constraint",
    ("create", "sequence"): "sequence",
    ("create", "index"): "index",
    ("create", "trigger"): "trigger",
    ("*", "exclude"): "star-exclude",
    ("*", "replace"): "star-exclude",
    ("is", "json"): "postgres-16",
    ("integer", "["): "unsupported-type",
    ("lateral", "("): "lateral",
}
SINGLE = {
    "returning": "returning",
    "tablesample": "tablesample",
    "->>": "json-operator",
    "//": "integer-division-operator",
    "->": "lambda",
}


class Word(NamedTuple):
    """A word or sign, in lower case; quoted text is kept with its quotes."""

    text: str
    start: int
    kind: str


def findings(statement: str) -> tuple[Finding, ...]:
    """What of one statement is not portable, in order; what reads only the catalogue is free."""
    if CATALOGUE.search(statement):
        return ()
    words = [
        Word(match[0].lower(), match.start(), match.lastgroup or "")
        for match in WORDS.finditer(statement)
        if match.lastgroup != "skip"
    ]
    found = sorted({(start, rule) for rule, start in _found(words)})
    return tuple(_finding(statement, start, rule) for start, rule in found)


def _finding(statement: str, start: int, rule_id: str) -> Finding:
    rule = rules()[rule_id]
    line = statement.count("\n", 0, start) + 1
    column = start - statement.rfind("\n", 0, start)
    page = PAGES.format(rule.page)
    return Finding(rule.id, rule.message, rule.portable_form, page, line, column, rule.refused)


def _found(words: list[Word]) -> Iterator[tuple[str, int]]:
    has_table = any(word.text == "from" for word in words)
    if words and words[0].text == "from":
        yield "from-first", words[0].start
    end = Word("", 0, "")
    for place, word in enumerate(words):
        before = words[place - 1] if place else end
        after = words[place + 1] if place + 1 < len(words) else end
        if word.kind != "text":
            yield from _alone(word, before, after, has_table=has_table)
        if word.text == "over" and after.text == "(":
            yield from _window(words, place)
    yield from _merge(words)


def _alone(word: Word, before: Word, after: Word, *, has_table: bool) -> Iterator[tuple[str, int]]:
    known = rules()
    rule = PAIRS.get((word.text, after.text)) or SINGLE.get(word.text)
    if rule:
        yield rule, word.start
    if word.text in known["missing-function"].names and after.text == "(":
        yield "missing-function", word.start
    if has_table and word.text in known["leader-only"].names and before.text not in {".", "as"}:
        called = after.text == "(" or word.text.startswith(("current_t", "local"))
        if called:
            yield "leader-only", word.start
    yield from _names(word, before, after)


def _names(word: Word, before: Word, after: Word) -> Iterator[tuple[str, int]]:
    known = rules()
    typed = before.text in {"as", "::"} or (before.kind == "word" and after.text in {")", ","})
    if typed and word.text in known["unsupported-type"].names and before.text != "is":
        yield "unsupported-type", word.start
    if word.text in known["reserved-word"].names and before.text != "encode":
        yield "reserved-word", word.start
    if word.text == "values" and before.text == "(":
        yield "values-table", word.start
    if word.text == "interval" and after.kind == "number":
        yield "interval-number", word.start
    if word.text == "window" and after.kind == "word" and before.text not in {"as", ".", ","}:
        yield "named-window", word.start
    if word.text == "[" and before.text in {"select", ",", "(", "="}:
        yield "list-literal", word.start
    if word.kind == "number" and "_" in word.text:
        yield "postgres-16", word.start


def _window(words: list[Word], over: int) -> Iterator[tuple[str, int]]:
    inside = _closed(words, over + 1, 1)
    texts = [word.text for word in inside]
    call = _closed(words, over - 1, -1)
    name = words[over - len(call) - 3].text if over >= len(call) + 3 else ""
    if "range" in texts or "groups" in texts:
        yield "window-frame-rows-only", words[over].start
    elif name in FRAMED and "order" in texts and "rows" not in texts:
        yield "window-frame-missing", words[over].start
    if name in FRAMED and call and call[-1].text == "distinct":
        yield "window-distinct", words[over].start


def _closed(words: list[Word], place: int, step: int) -> list[Word]:
    """The words between the parenthesis at a place and the one that closes it, walking by `step`."""
    inside: list[Word] = []
    depth = 0
    opening, closing = ("(", ")") if step > 0 else (")", "(")
    while 0 <= place < len(words):
        depth += (words[place].text == opening) - (words[place].text == closing)
        if depth == 0:
            return inside[1:]
        inside.append(words[place])
        place += step
    return []


def _merge(words: list[Word]) -> Iterator[tuple[str, int]]:
    if not words or words[0].text != "merge":
        return
    for word, after in pairwise(words):
        if word.text == "matched" and after.text == "and":
            yield "merge-condition", after.start
