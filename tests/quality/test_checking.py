"""What the checking process finds, on a real warehouse with the real Great Expectations."""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from tests.quality.conftest import rows_rule, rule, suite_of

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.errors import EnvironmentFailure, PackRefusedError
from fintech_accelerator.quality.gate import decide
from fintech_accelerator.quality.results import CheckRequest, Severity
from fintech_accelerator.quality.suites import Rule, Suite

if TYPE_CHECKING:
    from pathlib import Path

    from tests.quality.conftest import Asker

    from fintech_accelerator.quality.results import ExpectationResult, SuiteResult
    from fintech_accelerator.quality.worker import CheckWorker

NOT_NULL = "expect_column_values_to_not_be_null"
UNIQUE = "expect_column_values_to_be_unique"
REGEX = "expect_column_values_to_match_regex"
BETWEEN = "expect_column_values_to_be_between"
MAX = "expect_column_max_to_be_between"
DAYS = (date(2026, 1, 2), date(2026, 1, 3), date(2026, 1, 10))  # two payments each
ORPHANS = (
    "select b.payment_id, b.party_id from {batch} as b left join core.parties as p on b.party_id = p.party_id"
    " where p.party_id is null"
)


def _only(result: SuiteResult) -> ExpectationResult:
    assert len(result.expectations) == 1
    return result.expectations[0]


def _csv(folder: Path, found: ExpectationResult) -> list[list[str]]:
    assert found.failing_rows_path is not None
    with (folder / found.failing_rows_path).open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


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


def test_failing_rows_are_written_with_personal_columns_masked(ask: Asker, tmp_path: Path) -> None:
    found = _only(
        ask.result(
            rule("r1", UNIQUE, column="batch_key"),
            column_classes={"payment_id": "P1", "batch_key": "P0", "party_id": "P2", "reference": "P3"},
            failing_rows_folder=tmp_path / "rows",
        )
    )
    head, *rows = _csv(tmp_path / "rows", found)
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
    found = _only(ask.result(query, column_classes=classes, failing_rows_folder=tmp_path))

    assert _csv(tmp_path, found) == [["payment_id", "remark", "loss", "copied"], ["2", "'=1+1", "***", "***"]]


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

    assert [_csv(tmp_path, each)[1] for each in found] == [["***"], ["***"], ["***"]]


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
    assert [len(_csv(tmp_path, each)) for each in found] == [8, 8]


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
    weekday = _csv(tmp_path, found[0])[0].index("weekday")
    assert {row[weekday] for row in _csv(tmp_path, found[0])[1:]} == {"3"}


def test_a_largest_value_that_is_personal_is_not_told(ask: Asker) -> None:
    shown = rule("r1", MAX, column="amount", max_value=0)
    assert _only(ask.result(shown, column_classes={"amount": "P2"})).observed == "***"
    assert _only(ask.result(shown, column_classes={"amount": "P1"})).observed == "148.5"


def test_an_error_does_not_quote_the_values_of_the_rows(ask: Asker) -> None:
    found = _only(
        ask.result(rows_rule("r1", "select payment_id from {batch} where cast(reference as integer) > 0"))
    )

    assert found.raised
    assert "AB" not in str(found.message)
    assert "***" in str(found.message)


def test_sql_joins_a_relation_that_it_may_read(ask: Asker) -> None:
    found = _only(ask.result(rows_rule("r1", ORPHANS), readable=frozenset({"core.parties"})))

    assert (found.unexpected_count, found.observed) == (10, "10 rows")


def test_sql_that_reads_something_else_is_refused_before_it_runs(ask: Asker) -> None:
    with pytest.raises(PackRefusedError, match=r"core\.parties, which the pack may not read"):
        ask.result(rows_rule("r1", ORPHANS))


@pytest.mark.parametrize(
    "query",
    [
        "select payment_id from {batch} where reference = 'a :b' or note = ':c' or payment_id = 1",
        "select payment_id from {batch} where regexp_matches(reference, '^AB[0-9]{{1}}$') and payment_id = 1",
        "select payment_id from {batch} where note like '%' and payment_id = 1;",
        "with one as (select payment_id from {batch}) select payment_id from one where payment_id = 1",
    ],
    ids=["colons", "braces", "percent", "own steps"],
)
def test_signs_that_other_layers_give_a_meaning_stay_what_they_are(
    ask: Asker, query: str, tmp_path: Path
) -> None:
    found = _only(ask.result(rows_rule("r1", query), failing_rows_folder=tmp_path))

    assert (found.raised, found.unexpected_count, found.failing_rows_written) == (False, 1, 1)


@pytest.mark.parametrize(
    "query",
    [
        "copy (select 1) to '{folder}/stolen.csv'",
        "select count(*) from read_csv('/etc/passwd')",
        "create table shop.planted as select 1 as a",
        "install httpfs",
        "set enable_external_access = true",
    ],
)
def test_the_walls_hold_even_for_sql_that_was_never_checked(ask: Asker, query: str, tmp_path: Path) -> None:
    text = f"select * from query('{query.format(folder=tmp_path).replace(chr(39), chr(39) * 2)}')"
    unchecked = Rule("r1", "unexpected_rows_expectation", {"unexpected_rows_query": text})

    found = ask.of_suite(Suite("shop__payments", (unchecked,)))

    assert _only(found).raised
    assert not list(tmp_path.glob("stolen*"))
    with open_warehouse(ask.warehouse, read_only=True) as connection:
        assert connection.execute(
            "select count(*) from duckdb_tables() where table_name = 'planted'"
        ).fetchone() == (0,)


def test_several_suites_are_answered_in_order_and_the_file_is_free_afterwards(ask: Asker) -> None:
    requests = [
        CheckRequest("shop", "shop__payments", suite_of(rule("r1", NOT_NULL, column="amount"))),
        CheckRequest("core", "parties", suite_of(rule("r1", UNIQUE, column="party_id"), relation="parties")),
    ]
    told: list[SuiteResult] = []

    found = ask.worker.check(ask.warehouse, requests, temporary=ask.temporary, on_result=told.append)

    assert [each.relation for each in found] == ["shop.shop__payments", "core.parties"]
    assert tuple(told) == found
    with open_warehouse(ask.warehouse) as connection:  # a writer
        connection.execute("create or replace table shop.proof as select 1 as a")


def test_a_relation_of_the_same_name_in_another_schema_is_another_relation(ask: Asker) -> None:
    suite = suite_of(
        rule("here", NOT_NULL, column="only_here"),
        rule("columns", "expect_table_columns_to_match_set", column_set=["only_here"]),
        rule("rows", "expect_table_row_count_to_equal", value=1),
    )

    found = ask.check([CheckRequest("other", "shop__payments", suite)])

    assert [each.success for each in found[0].expectations] == [True, True, True]


def test_a_warehouse_that_a_writer_holds_is_an_environment_failure(ask: Asker) -> None:
    with open_warehouse(ask.warehouse), pytest.raises(EnvironmentFailure, match="has the warehouse"):
        ask.result(rule("r1", NOT_NULL, column="amount"))

    assert _only(ask.result(rule("r1", NOT_NULL, column="amount"))).success


def test_a_column_with_an_awkward_name_is_checked(worker: CheckWorker, tmp_path: Path) -> None:
    path = tmp_path / "odd.duckdb"
    with open_warehouse(path) as connection:
        connection.execute("create schema shop")
        connection.execute(
            'create table shop."order" as select 1 as "select", date \'2026-01-01\' as "group"'
        )
    suite = suite_of(rule("r1", NOT_NULL, column="select"), relation="order")
    request = CheckRequest("shop", "order", suite, day_column="group", days=(date(2026, 1, 1),))

    found = worker.check(path, [request], temporary=tmp_path)

    assert _only(found[0]).success


def test_a_check_larger_than_its_memory_spills_to_the_folder_it_is_given(
    worker: CheckWorker, tmp_path: Path
) -> None:
    path = tmp_path / "large.duckdb"
    with open_warehouse(path) as connection:
        connection.execute("create schema shop")
        connection.execute(
            "create table shop.shop__keys as"
            " select 'first key ' || range as a, 'second key ' || range * 7 as b from range(1500000)"
        )
    compound = rule("r1", "expect_compound_columns_to_be_unique", column_list=["a", "b"])
    request = CheckRequest("shop", "shop__keys", suite_of(compound, relation="shop__keys"))

    found = worker.check(
        path, [request], memory_limit="150MB", threads=2, temporary=tmp_path / "not" / "there"
    )

    assert _only(found[0]).success, found


def test_an_error_is_told_in_the_engines_words_without_the_whole_query(ask: Asker) -> None:
    found = _only(ask.result(rows_rule("r1", "select no_such_column from {batch}")))

    assert str(found.message).startswith("Binder Error: ")
    assert "SQL" not in str(found.message)


def test_failing_rows_that_cannot_be_written_are_a_failure_of_the_environment(
    ask: Asker, tmp_path: Path
) -> None:
    (tmp_path / "rows").write_text("a file where the folder should be")

    with pytest.raises(EnvironmentFailure, match="checking the marts"):
        ask.result(rule("r1", UNIQUE, column="batch_key"), failing_rows_folder=tmp_path / "rows")

    assert _only(ask.result(rule("r1", NOT_NULL, column="amount"))).success
