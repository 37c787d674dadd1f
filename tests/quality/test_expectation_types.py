"""Every type of expectation that a suite may use is evaluated on DuckDB; the list is complete."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.quality.conftest import rule

from fintech_accelerator.quality.expectation_types import KNOWN, REFUSED, ROWS_QUERY_TYPE
from fintech_accelerator.quality.suite_arguments import KINDS

if TYPE_CHECKING:
    from tests.quality.conftest import Asker

    from fintech_accelerator.quality.results import ExpectationResult

COLUMNS = [
    *("payment_id", "party_id", "weekday", "reference", "amount", "twice_amount", "note", "batch_key"),
    *("paid_date", "paid_at", "status", "currency", "unused", "remark"),
]
STATES = ["open", "closed"]
HALVES = {"values": STATES, "weights": [0.5, 0.5]}
LOPSIDED = {"values": STATES, "weights": [0.99, 0.01]}
QUARTILES = {"quantiles": [0.25, 0.75], "value_ranges": [[30, 45], [105, 120]]}
FAR_QUARTILES = {"quantiles": [0.25, 0.75], "value_ranges": [[0, 1], [2, 3]]}
AMOUNTS = {"column_list": ["amount", "twice_amount"]}

# type without its "expect_": arguments with which the rule holds, arguments with which it does not
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "column_distinct_values_to_be_in_set": (
        {"column": "status", "value_set": STATES},
        {"column": "status", "value_set": ["open"]},
    ),
    "column_distinct_values_to_contain_set": (
        {"column": "status", "value_set": ["open"]},
        {"column": "status", "value_set": ["lost"]},
    ),
    "column_distinct_values_to_equal_set": (
        {"column": "status", "value_set": STATES},
        {"column": "status", "value_set": ["open"]},
    ),
    "column_kl_divergence_to_be_less_than": (
        {"column": "status", "partition_object": HALVES, "threshold": 0.1},
        {"column": "status", "partition_object": LOPSIDED, "threshold": 0.1},
    ),
    "column_max_to_be_between": (
        {"column": "amount", "max_value": 149},
        {"column": "amount", "max_value": 9},
    ),
    "column_mean_to_be_between": (
        {"column": "amount", "min_value": 74, "max_value": 75},
        {"column": "amount", "max_value": 1},
    ),
    "column_median_to_be_between": (
        {"column": "amount", "min_value": 74, "max_value": 75},
        {"column": "amount", "max_value": 1},
    ),
    "column_min_to_be_between": (
        {"column": "paid_date", "min_value": "2026-01-01"},
        {"column": "paid_date", "min_value": "2026-01-02"},
    ),
    "column_most_common_value_to_be_in_set": (
        {"column": "currency", "value_set": ["EUR"]},
        {"column": "currency", "value_set": ["USD"]},
    ),
    "column_pair_values_a_to_be_greater_than_b": (
        {"column_A": "twice_amount", "column_B": "amount", "or_equal": True},
        {"column_A": "amount", "column_B": "twice_amount"},
    ),
    "column_pair_values_to_be_equal": (
        {"column_A": "amount", "column_B": "amount"},
        {"column_A": "amount", "column_B": "twice_amount"},
    ),
    "column_pair_values_to_be_in_set": (
        {"column_A": "status", "column_B": "currency", "value_pairs_set": [[each, "EUR"] for each in STATES]},
        {"column_A": "status", "column_B": "currency", "value_pairs_set": [["open", "EUR"]]},
    ),
    "column_proportion_of_non_null_values_to_be_between": (
        {"column": "note", "min_value": 0.99},
        {"column": "note", "min_value": 1},
    ),
    "column_proportion_of_unique_values_to_be_between": (
        {"column": "payment_id", "min_value": 1},
        {"column": "status", "min_value": 1},
    ),
    "column_quantile_values_to_be_between": (
        {"column": "amount", "quantile_ranges": QUARTILES},
        {"column": "amount", "quantile_ranges": FAR_QUARTILES},
    ),
    "column_stdev_to_be_between": (
        {"column": "amount", "min_value": 40, "max_value": 50},
        {"column": "amount", "max_value": 1},
    ),
    "column_sum_to_be_between": (
        {"column": "amount", "min_value": 7425, "max_value": 7425},
        {"column": "amount", "max_value": 1},
    ),
    "column_to_exist": ({"column": "amount"}, {"column": "no_such_column"}),
    "column_unique_value_count_to_be_between": (
        {"column": "weekday", "min_value": 7, "max_value": 7},
        {"column": "weekday", "max_value": 6},
    ),
    "column_value_lengths_to_be_between": (
        {"column": "reference", "min_value": 3, "max_value": 4},
        {"column": "reference", "max_value": 3},
    ),
    "column_value_lengths_to_equal": (
        {"column": "currency", "value": 3},
        {"column": "currency", "value": 4},
    ),
    "column_value_z_scores_to_be_less_than": (
        {"column": "amount", "threshold": 3, "double_sided": True},
        {"column": "amount", "threshold": 1, "double_sided": True},
    ),
    "column_values_to_be_between": (
        {"column": "paid_at", "min_value": "2026-01-01 10:00:00"},
        {"column": "amount", "min_value": 10.5},
    ),
    "column_values_to_be_in_set": (
        {"column": "status", "value_set": STATES},
        {"column": "weekday", "value_set": [1, 2]},
    ),
    "column_values_to_be_null": ({"column": "unused"}, {"column": "note"}),
    "column_values_to_be_unique": ({"column": "payment_id"}, {"column": "batch_key"}),
    "column_values_to_match_like_pattern": (
        {"column": "currency", "like_pattern": "EU%"},
        {"column": "reference", "like_pattern": "AB%"},
    ),
    "column_values_to_match_like_pattern_list": (
        {"column": "reference", "like_pattern_list": ["AB%", "b%"], "match_on": "any"},
        {"column": "reference", "like_pattern_list": ["AB%", "AC%"], "match_on": "any"},
    ),
    "column_values_to_match_regex": (
        {"column": "reference", "regex": "^(AB[0-9]+|bad)$"},
        {"column": "reference", "regex": "^AB[0-9]+$"},
    ),
    "column_values_to_match_regex_list": (
        {"column": "reference", "regex_list": ["^AB", "^bad"], "match_on": "any"},
        {"column": "reference", "regex_list": ["^AB", "^AC"], "match_on": "any"},
    ),
    "column_values_to_not_be_in_set": (
        {"column": "status", "value_set": ["lost"]},
        {"column": "status", "value_set": ["open"]},
    ),
    "column_values_to_not_be_null": ({"column": "amount"}, {"column": "note"}),
    "column_values_to_not_match_like_pattern": (
        {"column": "reference", "like_pattern": "AC%"},
        {"column": "reference", "like_pattern": "b%"},
    ),
    "column_values_to_not_match_like_pattern_list": (
        {"column": "reference", "like_pattern_list": ["AC%"]},
        {"column": "reference", "like_pattern_list": ["AC%", "b%"]},
    ),
    "column_values_to_not_match_regex": (
        {"column": "reference", "regex": "^AC"},
        {"column": "reference", "regex": "a"},
    ),
    "column_values_to_not_match_regex_list": (
        {"column": "reference", "regex_list": ["^AC"]},
        {"column": "reference", "regex_list": ["^AC", "^b"]},
    ),
    "compound_columns_to_be_unique": (
        {"column_list": ["batch_key", "payment_id"]},
        {"column_list": ["batch_key", "currency"]},
    ),
    "multicolumn_sum_to_equal": (
        {"column_list": ["weekday", "weekday_again"], "sum_total": 7},
        {**AMOUNTS, "sum_total": 1},
    ),
    "multicolumn_values_to_be_equal": (
        {"column_list": ["amount", "amount_again"]},
        AMOUNTS,
    ),
    "select_column_values_to_be_unique_within_record": (
        {"column_list": ["status", "currency"]},
        AMOUNTS,
    ),
    "table_column_count_to_be_between": ({"min_value": 16, "max_value": 16}, {"max_value": 3}),
    "table_column_count_to_equal": ({"value": 16}, {"value": 3}),
    "table_columns_to_match_ordered_list": (
        {"column_list": [*COLUMNS, "weekday_again", "amount_again"]},
        {"column_list": COLUMNS},
    ),
    "table_columns_to_match_set": (
        {"column_set": ["amount", "status"], "exact_match": False},
        {"column_set": ["amount", "status"], "exact_match": True},
    ),
    "table_row_count_to_be_between": ({"min_value": 100, "max_value": 100}, {"max_value": 99}),
    "table_row_count_to_equal": ({"value": 100}, {"value": 99}),
    "rows": (
        {"unexpected_rows_query": "select payment_id from {batch} where amount < 0"},
        {"unexpected_rows_query": "select payment_id from {batch} where amount > 100"},
    ),
}


def _type(case: str) -> str:
    return ROWS_QUERY_TYPE if case == "rows" else f"expect_{case}"


@pytest.fixture(scope="module")
def answers(worker: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, ExpectationResult]:
    """Every case evaluated in one go, by rule: "holds.<case>" and "fails.<case>"."""
    from tests.quality.conftest import PAYMENTS, Asker

    from fintech_accelerator.engines.duckdb import open_warehouse

    folder = tmp_path_factory.mktemp("types")
    with open_warehouse(folder / "warehouse.duckdb") as connection:
        connection.execute(PAYMENTS)
        connection.execute("alter table shop.shop__payments add column weekday_again integer")
        connection.execute("update shop.shop__payments set weekday_again = 7 - weekday")
        connection.execute("alter table shop.shop__payments add column amount_again decimal(18, 2)")
        connection.execute("update shop.shop__payments set amount_again = amount")
    ask = Asker(worker, folder / "warehouse.duckdb", folder / "temporary")
    rules = [
        rule(f"{word}.{case}", _type(case), **kwargs)
        for case, both in CASES.items()
        for word, kwargs in zip(("holds", "fails"), both, strict=True)
    ]
    return {each.rule_id: each for each in ask.result(*rules).expectations}


def test_every_known_type_has_a_case() -> None:
    assert {_type(case) for case in CASES} == set(KNOWN)


def test_every_argument_of_a_known_type_has_a_kind() -> None:
    assert {argument for kind in KNOWN.values() for argument in kind.arguments} <= set(KINDS)


@pytest.mark.parametrize("case", CASES)
def test_a_rule_of_each_type_holds_where_it_should(case: str, answers: dict[str, ExpectationResult]) -> None:
    answer = answers[f"holds.{case}"]

    assert (answer.success, answer.raised) == (True, False), answer


@pytest.mark.parametrize("case", CASES)
def test_a_rule_of_each_type_fails_where_it_should(case: str, answers: dict[str, ExpectationResult]) -> None:
    answer = answers[f"fails.{case}"]

    assert (answer.success, answer.raised) == (False, False), answer


def test_every_type_of_great_expectations_is_known_or_refused_with_a_reason() -> None:
    code = (
        "import json, great_expectations\n"
        "from great_expectations.expectations.registry import list_registered_expectation_implementations\n"
        "print(json.dumps(list_registered_expectation_implementations()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    registered = set(json.loads(done.stdout.splitlines()[-1]))

    assert registered == set(KNOWN) | set(REFUSED)
    assert not set(KNOWN) & set(REFUSED)


def test_a_condition_on_rows_narrows_a_rule(ask: Asker) -> None:
    conditions = {
        'col("weekday") == 3': 14,
        'col("status") == "open"': 50,
        'col("amount") > 100.5': 32,
        'col("note").notNull()': 99,
        'col("status") != "open"': 50,
        'col("payment_id") <= 9': 10,
    }
    rules = [
        rule(
            f"r{number}",
            "expect_column_values_to_be_between",
            column="amount",
            max_value=-1,
            row_condition=condition,
            condition_parser="great_expectations",
        )
        for number, condition in enumerate(conditions)
    ]
    found = ask.result(*rules).expectations

    assert [each.unexpected_count for each in found] == list(conditions.values())
