"""The findings in one statement: quick, because a rule is looked at only where one of its words occurs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from fintech_accelerator.portability.checks import CHECKS
from fintech_accelerator.portability.checks.calls import calls
from fintech_accelerator.portability.checks.types import wrong_types
from fintech_accelerator.portability.rules import Finding, Rule, rules
from fintech_accelerator.portability.words import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.portability.checks import Check

# Redshift's own administration, of which no rule speaks
OF_REDSHIFT = frozenset(
    {"abort", "analyze", "begin", "call", "cancel", "close", "comment", "commit", "copy", "deallocate"}
    | {"declare", "end", "fetch", "grant", "lock", "refresh", "reset", "revoke", "rollback", "set", "show"}
    | {"start", "truncate", "unload", "use", "vacuum"}
)
KINDS = {"<name>": ("word", "quoted"), "<number>": ("number",), "<text>": ("text",)}


@dataclass(frozen=True)
class Phrase:
    """Words in a row; the anchor is the first that is a word and no kind."""

    rule: Rule
    parts: tuple[str, ...]
    anchor: int
    is_start: bool = False


def findings(statement: str) -> tuple[Finding, ...]:
    """What of one statement in Redshift's dialect is not portable, in the order of the text.

    A query on the catalogue alone has none: the leader node answers it, much as PostgreSQL. Never raises.
    """
    cut = Statement(statement)
    if cut.at(0) in OF_REDSHIFT or cut.is_catalogue_only:
        return ()
    found = {(place, rule.id) for rule, place in _broken(cut) if not rule.needs_table or cut.reads_tables}
    return tuple(_finding(cut, place, rules()[rule]) for place, rule in sorted(found))


def _finding(statement: Statement, place: int, rule: Rule) -> Finding:
    start = statement.starts[place]
    line = statement.sql.count("\n", 0, start) + 1
    column = start - statement.sql.rfind("\n", 0, start)
    is_of_a_list = rule.functions or rule.types or rule.names
    message = f"{rule.wrong}: {statement.texts[place]!r}" if is_of_a_list else rule.wrong
    return Finding(rule.id, message, rule.portable, rule.address, line, column, rule.refused)


def _broken(statement: Statement) -> Iterator[tuple[Rule, int]]:
    phrases, functions = _phrases(), _functions()
    for word in statement.places.keys() & phrases.keys():
        for phrase in phrases[word]:
            yield from ((phrase.rule, place) for place in _matches(statement, phrase, statement.places[word]))
    for word in statement.places.keys() & functions.keys():
        yield from ((functions[word], place) for place in calls(statement, word))
    for rule, names in _typed():
        yield from ((rule, place) for place in wrong_types(statement, names))
    for rule, check in _checked():
        yield from ((rule, place) for place in check(statement))


def _matches(statement: Statement, phrase: Phrase, places: list[int]) -> Iterator[int]:
    if phrase.rule.only_in and not phrase.is_start and statement.verb not in phrase.rule.only_in:
        return
    for place in places:
        begin = place - phrase.anchor
        if phrase.is_start and begin != 0:
            continue
        is_alone = len(phrase.parts) == 1 and not phrase.is_start
        if statement.at(begin - 1) == "." or (is_alone and statement.at(begin - 1) == "as"):
            continue
        if begin >= 0 and all(
            _is_part(statement, begin + step, part) for step, part in enumerate(phrase.parts)
        ):
            yield begin


def _is_part(statement: Statement, place: int, part: str) -> bool:
    if part in KINDS:
        return statement.kind(place) in KINDS[part]
    return statement.at(place) == part


@cache
def _phrases() -> dict[str, tuple[Phrase, ...]]:
    found: dict[str, list[Phrase]] = {}
    for rule in rules().values():
        for text in (*rule.phrases, *rule.starts):
            parts = tuple(text.split())
            anchor = next(step for step, part in enumerate(parts) if part not in KINDS)
            phrase = Phrase(rule, parts, anchor, is_start=text in rule.starts)
            found.setdefault(parts[anchor], []).append(phrase)
    return {word: tuple(phrases) for word, phrases in found.items()}


@cache
def _functions() -> dict[str, Rule]:
    return {name: rule for rule in rules().values() for name in rule.functions}


@cache
def _typed() -> tuple[tuple[Rule, frozenset[str]], ...]:
    return tuple((rule, frozenset(rule.types)) for rule in rules().values() if rule.types)


@cache
def _checked() -> tuple[tuple[Rule, Check], ...]:
    return tuple((rule, CHECKS[rule.check]) for rule in rules().values() if rule.check)
