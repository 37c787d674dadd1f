"""The core's own suites: what they say fits the contract."""

from __future__ import annotations

import json
from pathlib import Path

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
    rules = [each["meta"]["rule_id"] for each in suite["expectations"]]

    assert suite["name"] == table
    assert len(set(rules)) == len(rules)
    assert all(rule.startswith(f"{table}.") for rule in rules)
    for each in suite["expectations"]:
        kind = KNOWN[each["type"]]
        assert kind.required <= set(each["kwargs"]) <= kind.arguments
        assert each["severity"] in ("critical", "warning", "info")
        for argument in set(COLUMN_ARGUMENTS) & set(each["kwargs"]):
            assert shape.has(each["kwargs"][argument])


@pytest.mark.parametrize("table", SUITES)
def test_a_set_of_values_is_the_contracts(table: str) -> None:
    suite = json.loads((FOLDER / f"{table}.json").read_text())
    shape = load_contract().table(table)
    for each in suite["expectations"]:
        if each["type"] == "expect_column_values_to_be_in_set" and each["meta"]["rule_id"].endswith(
            "_in_set"
        ):
            assert each["kwargs"]["value_set"] == list(shape.column(each["kwargs"]["column"]).enum)


@pytest.mark.parametrize("table", SUITES)
def test_a_query_of_a_suite_looks_at_each_row_alone(table: str) -> None:
    suite = json.loads((FOLDER / f"{table}.json").read_text())
    queries = [each["kwargs"].get("unexpected_rows_query") for each in suite["expectations"]]
    for query in filter(None, queries):
        assert read_rows_query(query, where=table).is_row_wise
