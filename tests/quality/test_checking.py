"""What the checking process finds, on a real warehouse with the real Great Expectations."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from tests.quality.conftest import rows_rule, rule, suite_of

from fintech_accelerator.quality.gate import decide
from fintech_accelerator.quality.results import Severity
from fintech_accelerator.quality.suites import Rule, Suite

if TYPE_CHECKING:
    from tests.quality.conftest import Asker

    from fintech_accelerator.quality.results import ExpectationResult, SuiteResult

NOT_NULL = "expect_column_values_to_not_be_null"
UNIQUE = "expect_column_values_to_be_unique"
REGEX = "expect_column_values_to_match_regex"
BETWEEN = "expect_column_values_to_be_between"
MAX = "expect_column_max_to_be_between"
DAYS = (date(2026, 1, 2), date(2026, 1, 3), date(2026, 1, 10))  # two payments each


def _only(result: SuiteResult) -> ExpectationResult:
    assert len(result.expectations) == 1
    return result.expectations[0]


def test_a_regular_expression_may_match_anywhere_in_a_value(ask: Asker) -> None:
    found = ask.result(
        rule("part", REGEX, column="reference", regex="[0-9]|a"),
        rule("whole", REGEX, column="reference", regex="^[0-9]+$"),
    )

    assert [each.success for each in found.expectations] == [True, False]


def test_a_rule_that_fails_to_run_does_not_disturb_the_others(ask: Asker) -> None:
    found = ask.result(
        rule("before", NOT_NULL, column="amount"),
        rule("broken", BETWEEN, column="no_such_column", min_value=1),
        rows_rule("broken_sql", "select no_such_column from {batch}"),
        rule("after", NOT_NULL, column="note"),
        rule("key", UNIQUE, column="batch_key"),
    ).expectations

    assert [(each.rule_id, each.raised, each.success) for each in found] == [
        ("before", False, True),
        ("broken", True, False),
        ("broken_sql", True, False),
        ("after", False, False),
        ("key", False, False),
    ]
    assert all("no_such_column" in str(each.message) for each in found if each.raised)


def test_a_rule_that_could_not_be_evaluated_blocks_even_if_it_only_informs(ask: Asker) -> None:
    gate = decide([ask.result(rule("broken", MAX, severity="info", column="no_such_column", max_value=1))])

    assert gate.status == "failed"
    assert gate.blocking == ("broken",)
    assert "could not be evaluated" in gate.reasons[0]


def test_a_relation_that_is_not_there_blocks_with_every_rule(ask: Asker) -> None:
    suite = suite_of(
        rule("r1", NOT_NULL, column="a"), rule("r2", MAX, column="a", max_value=1), relation="gone"
    )

    found = ask.of_suite(suite)

    assert [each.raised for each in found.expectations] == [True, True]
    assert decide([found]).blocking == ("r1", "r2")


def test_a_rule_that_great_expectations_does_not_know_is_noticed(ask: Asker) -> None:
    rules = (
        Rule("good", NOT_NULL, {"column": "amount"}),
        Rule("bad", "expect_the_best", {"column": "amount"}),
    )

    gate = decide([ask.of_suite(Suite("shop__payments", rules))])

    assert gate.status == "failed"
    assert "bad" in gate.reasons[0]


def test_the_severity_decides_what_a_failed_rule_does(ask: Asker) -> None:
    failing: dict[str, Any] = {"column": "note"}
    gates = {
        severity: decide([ask.result(rule("r1", NOT_NULL, severity=severity, **failing))])
        for severity in Severity
    }

    assert {severity: gate.status for severity, gate in gates.items()} == {
        "critical": "failed",
        "warning": "warned",
        "info": "passed",
    }
    assert gates[Severity.CRITICAL].reasons == ("shop.shop__payments: 'r1' failed (1 row)",)
    assert gates[Severity.WARNING].warnings == ("r1",)


def test_a_tolerant_rule_holds_and_still_tells_its_count(ask: Asker) -> None:
    found = _only(ask.result(rule("r1", NOT_NULL, column="note", mostly=0.9)))

    assert (found.success, found.unexpected_count, found.observed) == (True, 1, "1 of 100 rows")


def test_a_parameter_moves_the_limit_of_a_rule(ask: Asker) -> None:
    highest = rule("r1", MAX, column="amount", max_value={"$PARAMETER": "highest"})

    assert _only(ask.result(highest, parameters={"highest": 149})).success
    assert not _only(ask.result(highest, parameters={"highest": 148})).success


def test_a_day_as_a_parameter_is_compared_as_a_day(ask: Asker) -> None:
    newest = rule("r1", MAX, column="paid_date", max_value={"$PARAMETER": "last_day"})

    assert _only(ask.result(newest, parameters={"last_day": date(2026, 2, 19)})).success
    assert not _only(ask.result(newest, parameters={"last_day": date(2026, 2, 18)})).success


def test_touched_days_are_enough_for_rows_but_not_for_totals(ask: Asker) -> None:
    rules = (
        rule("row", BETWEEN, column="amount", max_value=-1),
        rule("key", UNIQUE, column="currency"),
        rule("whole_table", "expect_table_row_count_to_equal", value=100),
        rows_rule("row_sql", "select payment_id from {batch} where amount >= 0"),
        rows_rule(
            "total_sql", "select status, count(*) as n from {batch} group by status having count(*) < 50"
        ),
    )
    touched = ask.result(*rules, day_column="paid_date", days=DAYS).expectations
    everything = ask.result(*rules, day_column="paid_date").expectations

    assert [each.checked for each in touched] == [
        *("touched days", "keys of the touched days", "all rows", "touched days", "all rows")
    ]
    assert [each.unexpected_count for each in touched] == [6, 100, None, 6, 0]
    assert {each.checked for each in everything} == {"all rows"}
    assert [each.unexpected_count for each in everything] == [100, 100, None, 100, 0]


def test_a_full_check_looks_at_all_rows_for_critical_keys_too(ask: Asker) -> None:
    found = ask.result(
        rule("critical_key", UNIQUE, column="batch_key"),
        rule("key", UNIQUE, severity="warning", column="batch_key"),
        rule("row", NOT_NULL, column="note"),
        day_column="paid_date",
        days=DAYS,
        full=True,
    ).expectations

    assert [(each.checked, each.success) for each in found] == [
        ("all rows", False),
        ("keys of the touched days", False),
        ("touched days", True),
    ]


def test_a_key_that_a_touched_row_shares_with_an_old_one_is_found(ask: Asker) -> None:
    found = ask.result(
        rule("key", UNIQUE, column="currency"),
        rule("keys", "expect_compound_columns_to_be_unique", column_list=["currency", "status"]),
        rule("payment", UNIQUE, column="payment_id"),
        day_column="paid_date",
        days=DAYS[:1],
    ).expectations

    assert [each.success for each in found] == [False, False, True]
    assert {each.checked for each in found} == {"keys of the touched days"}


def test_no_touched_day_at_all_checks_no_row(ask: Asker) -> None:
    found = ask.result(
        rule("r1", BETWEEN, column="amount", max_value=-1, mostly=0.5), day_column="paid_date", days=()
    )

    assert _only(found).success
