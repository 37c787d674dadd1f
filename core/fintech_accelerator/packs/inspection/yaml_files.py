"""What a pack's dbt yml files may say: known keys only, no jinja, nothing about other packages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fintech_accelerator.packs.inspection.jinja_rules import CONFIG_KEYS, is_plain
from fintech_accelerator.packs.inspection.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fintech_accelerator.strict_yaml import Document

TOP = frozenset({"version", "models", "seeds", "macros", "unit_tests", "data_tests"})
OWN_PROJECT = frozenset(
    {"name", "version", "config-version", "profile", "require-dbt-version", "clean-targets"}
    | {"model-paths", "macro-paths", "seed-paths", "test-paths", "packages-install-path", "target-path"}
)
RELATION = frozenset(
    {"name", "description", "config", "meta", "columns", "data_tests", "tests", "constraints"}
)
COLUMN = frozenset(
    {"name", "description", "data_type", "config", "meta", "data_tests", "tests", "constraints"}
)
MACRO = frozenset({"name", "description", "arguments", "meta", "config"})
SINGULAR = frozenset({"name", "description", "meta", "config"})
UNIT_TEST = frozenset({"name", "description", "model", "given", "expect", "overrides", "config"})
GENERIC_TESTS = frozenset({"unique", "not_null", "accepted_values", "relationships"})
TEST_KEYS = frozenset({"arguments", "values", "to", "field", "name", "description"})
RELATION_CONFIG = CONFIG_KEYS | {"column_types", "quote_columns", "delimiter"}
REF = re.compile(r"ref\('[a-z0-9_]+'(, ?'[a-z0-9_]+')?\)|this")
DATA_TYPE = re.compile(r"[a-z][a-z ]*(\([0-9]+(, ?[0-9]+)?\))?")
CONSTRAINT = frozenset({"type", "columns", "name"})
CONSTRAINT_TYPES = frozenset({"not_null", "primary_key", "unique"})
Path = tuple[str | int, ...]


def check_own_project(document: Document, *, file: str) -> list[Problem]:
    """Everything in a pack's own dbt_project.yml beyond what its development needs; it is never run."""
    value = document.value if isinstance(document.value, dict) else {}
    found = [*_jinja((), value), *_unknown((), value, OWN_PROJECT)]
    return [Problem(file, document.line(*path), text) for path, text in found]


def check_yaml(
    document: Document, *, file: str, pack: str, models: frozenset[str], seeds: frozenset[str]
) -> list[Problem]:
    """Everything in a yml file that a pack may not say."""
    reader = _Reader(document, file, pack, models, seeds)
    return [Problem(file, document.line(*path), text) for path, text in reader.problems()]


class _Reader:
    def __init__(
        self, document: Document, file: str, pack: str, models: frozenset[str], seeds: frozenset[str]
    ) -> None:
        self.value = document.value
        self.file = file
        self.pack = pack
        self.models = models
        self.seeds = seeds

    def problems(self) -> Iterator[tuple[Path, str]]:
        if not isinstance(self.value, dict):
            yield (), "it has to hold tables such as models"
            return
        yield from _jinja((), self.value)
        yield from _unknown((), self.value, TOP)
        for name in ("models", "seeds"):
            known = self.models if name == "models" else self.seeds
            for path, entry in _entries(self.value, name):
                yield from self.relation(path, entry, known)
        for name, keys in (("macros", MACRO), ("data_tests", SINGULAR)):
            for path, entry in _entries(self.value, name):
                yield from _unknown(path, entry, keys)
                yield from self.own(path, entry)
        for path, entry in _entries(self.value, "unit_tests"):
            yield from self.unit_test(path, entry)

    def own(self, path: Path, entry: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
        if f"{self.pack}__" not in str(entry.get("name")):
            yield path, f"{entry.get('name')!r} does not bear the prefix '{self.pack}__'"

    def relation(
        self, path: Path, entry: Mapping[str, Any], known: frozenset[str]
    ) -> Iterator[tuple[Path, str]]:
        yield from _unknown(path, entry, RELATION)
        if entry.get("name") not in known:
            yield path, f"it describes {entry.get('name')!r}, which the pack does not have"
        yield from _config(path, entry.get("config"))
        yield from _tests(path, entry)
        yield from _constraints(path, entry)
        for inner, column in _entries(entry, "columns"):
            place = (*path, *inner)
            yield from _unknown(place, column, COLUMN)
            yield from _config(place, column.get("config"), keys=frozenset({"meta", "tags"}))
            yield from _tests(place, column)
            yield from _constraints(place, column)
            data_type = column.get("data_type")
            if data_type is not None and not DATA_TYPE.fullmatch(str(data_type)):
                yield place, f"{data_type!r} is not a plain data type"

    def unit_test(self, path: Path, entry: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
        yield from _unknown(path, entry, UNIT_TEST)
        if entry.get("model") not in self.models:
            yield path, f"it tests {entry.get('model')!r}, which the pack does not have"
        for inner, given in _entries(entry, "given"):
            if not REF.fullmatch(str(given.get("input"))):
                yield (*path, *inner), "input has to be ref('...') or ref('...', '...')"
            yield from _fixture((*path, *inner), given)
        expect = entry.get("expect")
        if isinstance(expect, dict):
            yield from _fixture((*path, "expect"), expect)
        overrides = entry.get("overrides")
        yield from _unknown((*path, "overrides"), overrides or {}, frozenset({"vars", "macros"}))
        macros = (overrides or {}).get("macros") or {}
        yield from _unknown((*path, "overrides"), macros, frozenset({"is_incremental"}))


def _fixture(path: Path, entry: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    yield from _unknown(path, entry, frozenset({"input", "rows", "format"}))
    if entry.get("format", "dict") not in ("dict", "csv"):
        yield path, "rows are given as dict or csv"


def _entries(value: Mapping[str, Any], key: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    entries = value.get(key)
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        yield (key, index), entry if isinstance(entry, dict) else {"name": entry}


def _unknown(path: Path, value: Mapping[str, Any], keys: frozenset[str]) -> Iterator[tuple[Path, str]]:
    for key in value:
        if key not in keys:
            yield (*path, key), f"a pack may not say {key!r} here (known: {', '.join(sorted(keys))})"


def _config(path: Path, config: Any, *, keys: frozenset[str] = RELATION_CONFIG) -> Iterator[tuple[Path, str]]:
    if config is None:
        return
    if not isinstance(config, dict):
        yield (*path, "config"), "config has to be a table"
        return
    yield from _unknown((*path, "config"), config, keys)
    for key, value in config.items():
        if key == "column_types":
            bad = [kind for kind in value.values() if not DATA_TYPE.fullmatch(str(kind))]
            if bad:
                yield (*path, "config", key), f"{bad[0]!r} is not a plain data type"
        elif not is_plain(value):
            yield (*path, "config", key), f"{key} holds more than plain names and numbers"


def _tests(path: Path, entry: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for key in ("data_tests", "tests"):
        tests = entry.get(key)
        for index, test in enumerate(tests if isinstance(tests, list) else []):
            place = (*path, key, index)
            name, options = next(iter(test.items())) if isinstance(test, dict) else (test, {})
            if name not in GENERIC_TESTS:
                yield (
                    place,
                    f"a pack may not use the test {name!r} (known: {', '.join(sorted(GENERIC_TESTS))})",
                )
            options = options if isinstance(options, dict) else {}
            yield from _unknown(place, options, TEST_KEYS)
            arguments = {**options, **(options.get("arguments") or {})}
            if "to" in arguments and not REF.fullmatch(str(arguments["to"])):
                yield place, "relationships go to ref('...')"
            if "field" in arguments and not re.fullmatch(r"[a-z][a-z0-9_]*", str(arguments["field"])):
                yield place, "field has to be a column's name"


def _constraints(path: Path, entry: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for inner, constraint in _entries(entry, "constraints"):
        yield from _unknown((*path, *inner), constraint, CONSTRAINT)
        if constraint.get("type") not in CONSTRAINT_TYPES or not is_plain(constraint):
            yield (*path, *inner), f"constraints are {', '.join(sorted(CONSTRAINT_TYPES))}"


def _jinja(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _jinja((*path, key), key)
            yield from _jinja((*path, key), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _jinja((*path, index), item)
    elif isinstance(value, str) and any(mark in value for mark in ("{{", "{%", "{#")):
        yield path, "jinja may not stand in a yml file"
