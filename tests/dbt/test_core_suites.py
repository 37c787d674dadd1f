"""The core's own suites: what they say fits the contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fintech_accelerator
from fintech_accelerator.contract import load_contract
from fintech_accelerator.quality.expectation_types import COLUMN_ARGUMENTS, KNOWN
from fintech_accelerator.quality.rows_query import read_rows_query

FOLDER = Path(fintech_accelerator.__file__).parent / "expectations"
SUITES = sorted(path.stem for path in FOLDER.glob("*.json"))


def test_the_five_canonical_tables_have_a_suite() -> None:
    assert SUITES == ["accounts", "credit_scores", "customers", "login_activity", "transactions"]


@pytest.mark.parametrize("table", SUITES)
def test_a_suite_names_only_columns_of_its_table_and_known_rules(table: str) -> None:
    suite = json.loads((FOLDER / f"{table}.json").read_text())
    shape = load_contract().table(table)
    names = [each["meta"]["rule_id"] for each in suite["expectations"]]

    assert suite["name"] == table
    assert len(set(names)) == len(names)
    assert [name for name in names if not name.startswith(f"{table}.")] == []
    for each in suite["expectations"]:
        kind = KNOWN[each["type"]]
        assert kind.required <= set(each["kwargs"]) <= kind.arguments
        assert each["severity"] in ("critical", "warning", "info")
        for argument in set(COLUMN_ARGUMENTS) & set(each["kwargs"]):
            assert shape.has(each["kwargs"][argument])


def rules() -> list[tuple[str, dict[str, Any]]]:
    """Every rule of every suite, with its table."""
    return [
        (table, rule)
        for table in SUITES
        for rule in json.loads((FOLDER / f"{table}.json").read_text())["expectations"]
    ]


def test_a_set_of_values_is_the_contracts() -> None:
    sets = [(table, rule["kwargs"]) for table, rule in rules() if rule["meta"]["rule_id"].endswith("_in_set")]

    assert sets
    for table, given in sets:
        assert given["value_set"] == list(load_contract().table(table).column(given["column"]).enum)


def test_a_query_of_a_suite_looks_at_each_row_alone() -> None:
    queries = [
        (table, query) for table, rule in rules() if (query := rule["kwargs"].get("unexpected_rows_query"))
    ]

    assert queries
    assert [table for table, query in queries if not read_rows_query(query, where=table).is_row_wise] == []
