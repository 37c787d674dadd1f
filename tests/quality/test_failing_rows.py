"""The rows that break a rule: which are written, how they are masked, and what is never quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.quality.conftest import csv_of, only, rows_rule, rule

from fintech_accelerator.errors import EnvironmentFailure

if TYPE_CHECKING:
    from pathlib import Path

    from tests.quality.conftest import Asker

NOT_NULL = "expect_column_values_to_not_be_null"
UNIQUE = "expect_column_values_to_be_unique"
BETWEEN = "expect_column_values_to_be_between"
MAX = "expect_column_max_to_be_between"


def test_failing_rows_are_written_with_personal_columns_masked(ask: Asker, tmp_path: Path) -> None:
    found = only(
        ask.result(
            rule("r1", UNIQUE, column="batch_key"),
            column_classes={"payment_id": "P1", "batch_key": "P0", "party_id": "P2", "reference": "P3"},
            failing_rows_folder=tmp_path / "rows",
        )
    )
    head, *rows = csv_of(tmp_path / "rows", found)
    shown = [dict(zip(head, row, strict=True)) for row in rows]

    assert (found.failing_rows_written, found.failing_rows_cut) == (2, False)
    assert sorted(row["payment_id"] for row in shown) == ["8", "9"]
    for name in ("party_id", "reference", "amount"):  # P2, P3, and one that nobody classified
        assert {row[name] for row in shown} == {"***"}
    assert {row["unused"] for row in shown} == {""}


def test_text_that_a_spreadsheet_would_run_is_made_text(ask: Asker, tmp_path: Path) -> None:
    query = rows_rule(
        "r1", "select payment_id, remark, -amount as loss, remark as copied from {batch} where payment_id = 2"
    )
    classes = {"payment_id": "P0", "remark": "P0", "loss": "P0", "copied": "P0"}
    found = only(ask.result(query, column_classes=classes, failing_rows_folder=tmp_path))

    assert csv_of(tmp_path, found) == [
        ["payment_id", "remark", "loss", "copied"],
        ["2", "' =1+1", "***", "***"],
    ]


def test_a_query_cannot_unmask_a_column_by_renaming_it(ask: Asker, tmp_path: Path) -> None:
    union = (
        "select status from {batch} where payment_id < 0"
        " union all select reference from {batch} where payment_id = 3"
    )
    queries = [
        "select reference as payment_id from {batch} where payment_id = 3",
        "select s.payment_id from (select reference as payment_id from {batch}) as s",
        union,
    ]
    found = ask.result(
        *(rows_rule(f"r{number}", query) for number, query in enumerate(queries)),
        column_classes={"payment_id": "P0", "status": "P0", "reference": "P2"},
        failing_rows_folder=tmp_path,
    ).expectations

    assert [csv_of(tmp_path, each)[1] for each in found] == [["***"], ["***"], ["***"]]


def test_failing_rows_are_cut_at_the_limit_and_it_is_said(ask: Asker, tmp_path: Path) -> None:
    found = ask.result(
        rule("map", BETWEEN, column="amount", max_value=-1),
        rows_rule("sql", "select payment_id from {batch}"),
        failing_rows_folder=tmp_path,
        failing_rows_limit=7,
    ).expectations

    assert [(each.unexpected_count, each.failing_rows_written, each.failing_rows_cut) for each in found] == [
        (100, 7, True),
        (100, 7, True),
    ]
    assert [len(csv_of(tmp_path, each)) for each in found] == [8, 8]


def test_failing_rows_of_a_narrowed_or_compound_rule_are_the_rows_counted(ask: Asker, tmp_path: Path) -> None:
    found = ask.result(
        rule(
            "narrowed",
            BETWEEN,
            column="amount",
            max_value=-1,
            row_condition='col("weekday") == 3',
            condition_parser="great_expectations",
        ),
        rule("compound", "expect_compound_columns_to_be_unique", column_list=["batch_key", "currency"]),
        column_classes={"payment_id": "P0", "weekday": "P0"},
        failing_rows_folder=tmp_path,
    ).expectations

    assert (
        [each.failing_rows_written for each in found] == [each.unexpected_count for each in found] == [14, 2]
    )
    weekday = csv_of(tmp_path, found[0])[0].index("weekday")
    assert {row[weekday] for row in csv_of(tmp_path, found[0])[1:]} == {"3"}


def test_a_largest_value_that_is_personal_is_not_told(ask: Asker) -> None:
    shown = rule("r1", MAX, column="amount", max_value=0)
    assert only(ask.result(shown, column_classes={"amount": "P2"})).observed == "***"
    assert only(ask.result(shown, column_classes={"amount": "P1"})).observed == "148.5"


def test_an_error_does_not_quote_the_values_of_the_rows(ask: Asker) -> None:
    found = only(
        ask.result(rows_rule("r1", "select payment_id from {batch} where cast(reference as integer) > 0"))
    )

    assert found.raised
    assert "AB" not in str(found.message)
    assert "***" in str(found.message)


def test_failing_rows_that_cannot_be_written_are_a_failure_of_the_environment(
    ask: Asker, tmp_path: Path
) -> None:
    (tmp_path / "rows").write_text("a file where the folder should be")

    with pytest.raises(EnvironmentFailure, match="checking the marts"):
        ask.result(rule("r1", UNIQUE, column="batch_key"), failing_rows_folder=tmp_path / "rows")

    assert only(ask.result(rule("r1", NOT_NULL, column="amount"))).success
