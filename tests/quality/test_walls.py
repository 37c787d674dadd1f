"""What rules' SQL may read, what holds it back, and how the engine's troubles are told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.quality.conftest import only, rows_rule, rule, suite_of

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.errors import EnvironmentFailure, PackRefusedError
from fintech_accelerator.quality.results import CheckRequest
from fintech_accelerator.quality.suites import Rule, Suite

if TYPE_CHECKING:
    from pathlib import Path

    from tests.quality.conftest import Asker

    from fintech_accelerator.quality.results import SuiteResult
    from fintech_accelerator.quality.worker import CheckWorker

NOT_NULL = "expect_column_values_to_not_be_null"
UNIQUE = "expect_column_values_to_be_unique"
ORPHANS = (
    "select b.payment_id, b.party_id from {batch} as b left join core.parties as p on b.party_id = p.party_id"
    " where p.party_id is null"
)


def test_sql_joins_a_relation_that_it_may_read(ask: Asker) -> None:
    found = only(ask.result(rows_rule("r1", ORPHANS), readable=frozenset({"core.parties"})))

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
    found = only(ask.result(rows_rule("r1", query), failing_rows_folder=tmp_path))

    assert (found.raised, found.unexpected_count, found.failing_rows_written) == (False, 1, 1)


@pytest.mark.parametrize(
    "query",
    [
        "copy (select 1) to '{folder}/stolen.csv'",
        "select count(*) from readcsv_of('/etc/passwd')",
        "create table shop.planted as select 1 as a",
        "install httpfs",
        "set enable_external_access = true",
    ],
)
def test_the_walls_hold_even_for_sql_that_was_never_checked(ask: Asker, query: str, tmp_path: Path) -> None:
    text = f"select * from query('{query.format(folder=tmp_path).replace(chr(39), chr(39) * 2)}')"
    unchecked = Rule("r1", "unexpected_rows_expectation", {"unexpected_rows_query": text})

    found = ask.of_suite(Suite("shop__payments", (unchecked,)))

    assert only(found).raised
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

    assert only(ask.result(rule("r1", NOT_NULL, column="amount"))).success


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

    assert only(found[0]).success


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

    assert only(found[0]).success, found


def test_an_error_is_told_in_the_engines_words_without_the_whole_query(ask: Asker) -> None:
    found = only(ask.result(rows_rule("r1", "select no_such_column from {batch}")))

    assert str(found.message).startswith("Binder Error: ")
    assert "SQL" not in str(found.message)
