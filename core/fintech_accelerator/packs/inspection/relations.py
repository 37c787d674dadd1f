"""Whether a pack's relations are whole: model, description, classified columns, suite."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from fintech_accelerator import strict_json
from fintech_accelerator.contract.model import PII_CLASSES
from fintech_accelerator.packs.inspection.problem import Problem
from fintech_accelerator.packs.marts import described_models, mart_files, meta_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fintech_accelerator.packs.manifest import Manifest
    from fintech_accelerator.strict_yaml import Document

RULE_KEYS = ("type", "kwargs", "severity", "meta")


def check_relations(
    manifest: Manifest, files: Mapping[str, bytes], documents: Mapping[str, Document]
) -> Iterator[Problem]:
    """Every export without a model, and every mart without a full description or a suite."""
    marts = mart_files(files)
    described = described_models(documents)
    for name in manifest.exports:
        if name not in marts:
            yield Problem("pack.toml", 1, f"it exports {name!r}, but there is no such model")
    for name, file in marts.items():
        if name not in described:
            yield Problem(file, 1, f"no yml file describes {name!r}")
            continue
        where, line, entry = described[name]
        yield from (Problem(where, line, f"{name}: {text}") for text in _incomplete(entry))
        if f"expectations/{name}.json" not in files:
            yield Problem(file, 1, f"there is no suite expectations/{name}.json")


def _incomplete(entry: Mapping[str, Any]) -> Iterator[str]:
    if not str(entry.get("description") or "").strip():
        yield "it has no description"
    columns = entry.get("columns")
    if not isinstance(columns, list) or not columns:
        yield "its columns are not described"
        return
    for column in columns:
        if not isinstance(column, dict) or "name" not in column:
            yield "a column has no name"
            continue
        pii = meta_of(column).get("pii")
        if pii not in PII_CLASSES:
            yield (
                f"the column {column['name']!r} is not classified: meta.pii is {pii!r} "
                f"(classes: {', '.join(PII_CLASSES)})"
            )
        if not str(column.get("description") or "").strip():
            yield f"the column {column['name']!r} has no description"
        if not column.get("data_type"):
            yield f"the column {column['name']!r} has no data_type"


def check_suites(files: Mapping[str, bytes], relations: frozenset[str]) -> Iterator[Problem]:
    """Every suite that is no JSON of the expected form, or checks what the pack does not have."""
    for name in files:
        path = PurePosixPath(name)
        if path.parts[0] == "expectations":
            yield from (Problem(name, line, text) for line, text in _suite(path.stem, files[name], relations))


def _suite(relation: str, content: bytes, relations: frozenset[str]) -> Iterator[tuple[int, str]]:
    if relation not in relations:
        yield 1, f"it checks {relation!r}, which the pack does not have"
    try:
        suite = strict_json.loads(content)
    except json.JSONDecodeError as cause:
        yield cause.lineno, f"it is not JSON: {cause.msg}"
        return
    except (ValueError, RecursionError) as cause:
        yield 1, f"it is not JSON: {cause}"
        return
    rules = suite.get("expectations") if isinstance(suite, dict) else None
    if not isinstance(rules, list) or not rules:
        yield 1, "a suite has a list of expectations"
        return
    for number, rule in enumerate(rules, 1):
        missing = [key for key in RULE_KEYS if not isinstance(rule, dict) or key not in rule]
        if missing:
            yield 1, f"expectation {number} lacks {missing[0]!r}"
        elif not isinstance(rule["meta"], dict) or not rule["meta"].get("rule_id"):
            yield 1, f"expectation {number} lacks meta.rule_id"
