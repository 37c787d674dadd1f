"""Every statement that is not portable is found by its rule, and nothing is found in portable ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from fintech_accelerator.portability import findings, rules

HERE = Path(__file__).parent


def listed(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    assert len(entries) >= 60
    return entries


def test_each_statement_that_is_not_portable_is_found_by_its_rule() -> None:
    entries = listed("non_portable.yml")

    missed = [each["id"] for each in entries if each["rule"] not in {f.rule for f in findings(each["sql"])}]

    assert missed == []
    assert {each["rule"] for each in entries} == set(rules())


def test_portable_statements_have_no_finding() -> None:
    found = {each["id"]: findings(each["sql"]) for each in listed("portable.yml")}

    assert {key: value for key, value in found.items() if value} == {}


def test_a_finding_names_line_and_column() -> None:
    (finding,) = findings("select\n    arg_max(a, b)\nfrom t")

    assert (finding.line, finding.column, finding.refused) == (2, 5, True)
