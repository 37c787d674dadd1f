"""Suites as packs ship them: ordinary Great Expectations JSON, read strictly and without importing it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from importlib.resources import files as resources
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from fintech_accelerator import strict_json
from fintech_accelerator.errors import PackRefusedError, suggestion
from fintech_accelerator.quality.expectation_types import (
    COLUMN_ARGUMENTS,
    KNOWN,
    REFUSED,
    ROWS_QUERY_ARGUMENT,
    ROWS_QUERY_TYPE,
    RUNNING_ARGUMENTS,
    Scope,
)
from fintech_accelerator.quality.results import Severity
from fintech_accelerator.quality.rows_query import read_rows_query
from fintech_accelerator.quality.suite_arguments import (
    CONDITION,
    KINDS,
    parameters_of,
    type_of,
    with_values,
    wrong_arguments,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SUITE_KEYS = ("name", "meta", "notes", "expectations")
RULE_KEYS = ("type", "kwargs", "severity", "meta", "notes", "description")
META_KEYS = ("rule_id", "title", "source", "owner", "note")
RULE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,119}")
LARGEST = 2_000_000
MOST_RULES = 1_000
FIX = "let the pack's author correct the suite (docs/suites.md says how one is written)"


@dataclass(frozen=True)
class Rule:
    """One expectation. A value `{"$PARAMETER": "name"}` in `kwargs` waits for `with_parameters`."""

    rule_id: str
    type: str
    kwargs: Mapping[str, Any]
    severity: Severity = Severity.CRITICAL
    relations: frozenset[str] = frozenset()  # what its SQL reads beside {batch}, as schema.name
    is_row_wise: bool = False  # a query that looks at each row alone

    @property
    def scope(self) -> Scope:
        """What it has to see to be right."""
        known = KNOWN.get(self.type)
        if known is None:
            return Scope.TABLE
        if known.scope is not Scope.QUERY:
            return known.scope
        return Scope.ROW if self.is_row_wise else Scope.TABLE

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that its arguments name."""
        found: list[str] = []
        for argument in COLUMN_ARGUMENTS:
            given = self.kwargs.get(argument, ())
            found += [given] if isinstance(given, str) else given
        condition = CONDITION.fullmatch(str(self.kwargs.get("row_condition", "")))
        return tuple(dict.fromkeys([*found, *([condition["column"]] if condition else [])]))

    @property
    def parameters(self) -> frozenset[str]:
        """The parameters it waits for."""
        return frozenset().union(*(parameters_of(value) for value in self.kwargs.values()))


@dataclass(frozen=True)
class Suite:
    """The rules of one relation, in the order of the file."""

    relation: str
    rules: tuple[Rule, ...]
    where: str = field(default="", compare=False)  # the file, for messages

    @property
    def rule_ids(self) -> tuple[str, ...]:
        return tuple(rule.rule_id for rule in self.rules)


def read_suite(text: str | bytes, *, relation: str, where: str) -> Suite:
    """Read a suite's file. Raises PackRefusedError that names the file and the rule."""
    plain = _json(text, where)
    _only(plain, SUITE_KEYS, where)
    if plain.get("name") != relation:
        raise refused(where, f"it is called {plain.get('name')!r}, not {relation!r} like its file")
    entries = plain.get("expectations")
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_RULES:
        raise refused(where, f"'expectations' has to be a list of 1 to {MOST_RULES} rules")
    rules = tuple(_rule(entry, f"{where}, expectation {number}") for number, entry in enumerate(entries, 1))
    ids = [rule.rule_id for rule in rules]
    twins = sorted({each for each in ids if ids.count(each) > 1})
    if twins:
        raise refused(where, f"the rule_id {twins[0]!r} occurs twice")
    return Suite(relation, rules, where)


def check_columns(suite: Suite, columns: Iterable[str]) -> None:
    """Raise PackRefusedError when a rule names a column that the relation does not have."""
    known = frozenset(columns)
    for rule in suite.rules:
        for column in rule.columns:
            if column not in known and rule.type != "expect_column_to_exist":
                raise PackRefusedError(
                    f"{suite.where}, rule {rule.rule_id!r}: {suite.relation!r} has no column {column!r}",
                    fix=suggestion(column, known, FIX),
                )


def check_relations(suite: Suite, readable: Iterable[str]) -> None:
    """Raise PackRefusedError when a rule's SQL reads a relation (schema.name) that it may not."""
    allowed = frozenset(readable)
    for rule in suite.rules:
        for relation in sorted(rule.relations - allowed):
            raise PackRefusedError(
                f"{suite.where}, rule {rule.rule_id!r}: it reads {relation}, which the pack may not read",
                fix="read the pack's own relations, declared imports, and core without its vault",
            )


def check_parameters(suite: Suite, types: Mapping[str, str]) -> None:
    """Raise PackRefusedError when a rule waits for a parameter that is not there, or of another type."""
    for rule in suite.rules:
        for argument, value in rule.kwargs.items():
            for name in sorted(parameters_of(value)):
                place = f"{suite.where}, rule {rule.rule_id!r}, {argument!r}"
                if name not in types:
                    raise PackRefusedError(
                        f"{place}: the pack has no undated parameter {name!r}",
                        fix=suggestion(name, types, FIX),
                    )
                if types[name] not in KINDS[argument][2]:
                    raise refused(
                        place, f"the parameter {name!r} is {types[name]}; this has to be {KINDS[argument][0]}"
                    )


def with_parameters(suite: Suite, values: Mapping[str, Any]) -> Suite:
    """The suite with the parameters' values in place. Raises PackRefusedError as `check_parameters` does."""
    check_parameters(suite, {name: type_of(value) for name, value in values.items()})
    rules = []
    for rule in suite.rules:
        kwargs = {name: with_values(value, values) for name, value in rule.kwargs.items()}
        for problem in wrong_arguments(kwargs):
            raise refused(f"{suite.where}, rule {rule.rule_id!r}, with the bank's parameters", problem)
        rules.append(replace(rule, kwargs=kwargs))
    return replace(suite, rules=tuple(rules))


def pack_suites(files: Mapping[str, bytes]) -> dict[str, Suite]:
    """The suites among a pack's files, by the relation each checks."""
    suites = {}
    for name, content in files.items():
        path = PurePosixPath(name)
        if path.parts[0] == "expectations" and path.suffix == ".json":
            suites[path.stem] = read_suite(content, relation=path.stem, where=name)
    return suites


def core_suites() -> dict[str, Suite]:
    """The core's own suites, by the canonical table each checks."""
    folder = Path(str(resources("fintech_accelerator"))) / "expectations"
    return {
        path.stem: read_suite(path.read_bytes(), relation=path.stem, where=f"core's {path.name}")
        for path in sorted(folder.glob("*.json"))
    }


def refused(where: str, problem: str, *, fix: str = FIX) -> PackRefusedError:
    """The error for what a suite may not be."""
    return PackRefusedError(f"{where}: {problem}", fix=fix)


def _rule(entry: Any, where: str) -> Rule:
    if not isinstance(entry, dict):
        raise refused(where, "it has to be an object")
    rule_id = _rule_id(entry, where)
    where = f"{where} ({rule_id!r})"
    _only(entry, RULE_KEYS, where)
    kind = _type(entry.get("type"), where)
    severity = entry.get("severity")
    if severity not in list(Severity):
        raise refused(where, f"its severity is {severity!r}; it may be {', '.join(Severity)}")
    kwargs = _arguments(kind, entry.get("kwargs"), where)
    if kind != ROWS_QUERY_TYPE:
        return Rule(rule_id, kind, kwargs, Severity(severity))
    query = read_rows_query(kwargs[ROWS_QUERY_ARGUMENT], where=where)
    return Rule(rule_id, kind, kwargs, Severity(severity), query.relations, query.is_row_wise)


def _rule_id(entry: Mapping[str, Any], where: str) -> str:
    meta = entry.get("meta")
    if not isinstance(meta, dict) or "rule_id" not in meta:
        raise refused(where, "it lacks meta.rule_id")
    rule_id = meta["rule_id"]
    if not isinstance(rule_id, str) or not RULE_ID.fullmatch(rule_id):
        raise refused(where, f"meta.rule_id is {rule_id!r}; use letters, digits, '_', '.' and '-'")
    _only(meta, META_KEYS, f"{where} ({rule_id!r}), meta")
    return rule_id


def _type(kind: Any, where: str) -> str:
    if isinstance(kind, str) and kind in KNOWN:
        return kind
    if isinstance(kind, str) and kind in REFUSED:
        raise refused(where, f"{kind} may not be used: {REFUSED[kind]}")
    raise refused(where, f"there is no expectation {kind!r}", fix=suggestion(str(kind), KNOWN, FIX))


def _arguments(kind: str, given: Any, where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise refused(where, "its 'kwargs' have to be an object")
    known = KNOWN[kind]
    for name in given:
        if name in RUNNING_ARGUMENTS:
            raise refused(where, f"{name!r} says how a rule is run, which is not the suite's to say")
    _only(given, sorted(known.arguments), f"{where}, kwargs")
    missing = sorted(known.required - set(given))
    if missing:
        raise refused(where, f"{kind} needs {missing[0]!r}")
    for problem in wrong_arguments(given):
        raise refused(where, problem)
    bounds = {"min_value", "max_value"}
    if bounds <= known.optional and not bounds & set(given) and "partition_object" not in given:
        raise refused(where, f"{kind} without 'min_value' or 'max_value' is always true")
    return dict(given)


def _json(text: str | bytes, where: str) -> dict[str, Any]:
    if len(text) > LARGEST:
        raise refused(where, f"it is larger than {LARGEST:,} bytes")
    try:
        plain = strict_json.loads(text)
    except json.JSONDecodeError as cause:
        raise refused(where, f"line {cause.lineno} is not JSON: {cause.msg}") from cause
    except (ValueError, RecursionError) as cause:
        raise refused(where, f"it is not JSON: {cause}") from cause
    if not isinstance(plain, dict):
        raise refused(where, "it has to be an object")
    return plain


def _only(plain: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    names = list(known)
    for key in plain:
        if key not in names:
            raise refused(
                where,
                f"there is no key {key!r} (keys: {', '.join(names)})",
                fix=suggestion(key, names, FIX),
            )
