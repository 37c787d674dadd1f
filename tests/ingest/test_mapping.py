"""Mappings: what fintech.toml may say of a source, and the words for what it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.errors import SettingsError, UnknownNameError
from fintech_accelerator.ingest.expressions import read_expression, read_query

if TYPE_CHECKING:
    from conftest import Bank

LOGIN = {"login_id": "id", "event_ts": "at"}


@pytest.mark.parametrize(
    ("columns", "reason", "fix"),
    [
        ({**LOGIN, "outcom": "x"}, "'login_activity' has no column 'outcom'", "'outcome'"),
        (
            {**LOGIN, "event_date_local": "x"},
            "'event_date_local' of 'login_activity' is computed",
            "remove it",
        ),
        (
            {"login_id": "id"},
            "'login_activity' needs event_ts, which the source does not map",
            "map 'event_ts'",
        ),
        ({**LOGIN, "outcome": ""}, "columns.outcome: it is empty", "one DuckDB expression"),
        ({**LOGIN, "outcome": "case when"}, "columns.outcome: it cannot be parsed", "one DuckDB expression"),
    ],
)
def test_a_wrong_column_is_named_with_what_exists(
    bank: Bank, columns: dict[str, str], reason: str, fix: str
) -> None:
    bank.source("login_activity", "in/*.csv", columns)

    with pytest.raises(SettingsError) as caught:
        bank.land()

    assert caught.value.reason.startswith("fintech.toml: sources.login_activity[0]")
    assert reason in caught.value.reason
    assert fix in caught.value.fix


def test_an_unknown_table_is_answered_with_the_nearest(bank: Bank) -> None:
    bank.source("transaction", "in/*.csv")

    with pytest.raises(UnknownNameError) as caught:
        bank.land()

    assert "no table is called 'transaction'" in caught.value.reason
    assert caught.value.fix == "did you mean 'transactions'?"


def test_a_history_cannot_be_mapped(bank: Bank) -> None:
    bank.source("accounts_history", "in/*.csv")

    with pytest.raises(SettingsError, match="'accounts_history' is computed") as caught:
        bank.land()

    assert "'accounts'" in caught.value.fix


@pytest.mark.parametrize(
    ("files", "options", "reason"),
    [
        ({}, {}, "files names no file"),
        ({"a-b": "x.csv"}, {}, "'a-b' is no name for files"),
        ({"a": "a.csv", "b": "b.csv"}, {}, "files names 2 (a, b) but there is no query"),
        ({"a": "a.csv"}, {"form": {"delimeter": ";"}}, "format has no option 'delimeter'"),
        ({"a": "a.csv"}, {"form": {"encoding": "latin-99"}}, "format: encoding is no encoding that is known"),
        ({"a": "a.csv"}, {"form": {"delimiter": ""}}, "format: delimiter is one to four letters"),
        ({"a": "a.csv"}, {"form": {"header": "no"}}, "format: header is true or false"),
        ({"a": "a.csv"}, {"form": {"type": "xml"}}, "format: type is csv, json or parquet"),
        ({"a": "a.csv"}, {"form": {"delimiter": '"'}}, "delimiter and quote are the same"),
        ({"a": "a.csv"}, {"form": {"decimal_separator": ";"}}, "format: decimal_separator is '.' or ','"),
        ({"a": "a.csv"}, {"connector": "fils"}, "no connector is called 'fils'"),
    ],
)
def test_a_wrong_source_is_told_before_anything_is_read(
    bank: Bank, files: dict[str, str], options: dict[str, Any], reason: str
) -> None:
    bank.source("customers", files, {"customer_id": "id"}, **options)

    with pytest.raises((SettingsError, UnknownNameError)) as caught:
        bank.land()

    assert reason in caught.value.reason
    assert not bank.settings.workspace.landing.exists()


def test_the_nearest_option_of_a_format_is_offered(bank: Bank) -> None:
    bank.source("customers", "a.csv", form={"delimeter": ";"})

    with pytest.raises(SettingsError) as caught:
        bank.land()

    assert caught.value.fix == "did you mean 'delimiter'?"


def test_a_file_divided_otherwise_is_recognised(bank: Bank) -> None:
    bank.source("customers", "a.csv", {"customer_id": "id"}).write("a.csv", "id;name\n1;Ann\n")

    refused = bank.refusals()

    assert (
        refused[0].reason == "a.csv (for customers): customer_id expects a column 'id'; the file has: id;name"
    )
    assert "format = { delimiter = ';' }" in refused[0].fix


def test_an_expression_that_does_not_fit_the_types_says_how_to_convert(bank: Bank) -> None:
    bank.source("accounts", "a.csv", {
        "account_id": "id", "primary_customer_id": "id", "product_type": "'checking'", "currency": "'EUR'",
        "credit_limit": "abs(credit)",
    }).write("a.csv", "id,credit\n1,-5\n")  # fmt: skip

    refused = bank.refusals()

    assert "the expression of credit_limit does not fit the file's columns" in refused[0].reason
    assert "cast(" in refused[0].fix


def test_a_query_that_fails_on_its_rows_refuses_its_file(bank: Bank) -> None:
    bank.source("customers", {"t": "a.csv"}, query="select cast(id as integer) as customer_id from t")
    bank.write("a.csv", "id\n1\nx\n")

    refused = bank.refusals()

    assert "Could not convert string 'x'" in refused[0].reason
    assert bank.rows("from raw_data.customers") == []


@pytest.mark.parametrize(
    ("text", "columns", "is_constant"),
    [
        ("TX_AMOUNT", ("TX_AMOUNT",), False),
        ('"Booking Date"', ("Booking Date",), False),
        ("abs(TX_AMOUNT)", ("TX_AMOUNT",), False),
        ("'D'", (), True),
        ("case when a > 0 then b else -b end", ("a", "b"), False),
        ("strptime(d, '%y%m%d')::date + interval 7 day", ("d",), False),
        ("coalesce(nullif(trim(k), ''), 'none') -- blank in three ways", ("k",), False),
        ("a::varchar || '-' || lpad(b, 3, '0')", ("a", "b"), False),
        ("regexp_extract(x, '([0-9]+)', 1)", ("x",), False),
        ("list_extract(string_split(x, '|'), 2)", ("x",), False),
        ("sha256('salt' || x)", ("x",), False),
        ("try_cast(x as integer) // 100 % 100", ("x",), False),
        ("x like 'a;b%'", ("x",), False),
        ("null", (), True),
    ],
)
def test_an_expression_over_one_row_is_accepted(
    text: str, columns: tuple[str, ...], is_constant: bool
) -> None:
    expression = read_expression(text, "here")

    assert sorted(expression.columns) == sorted(columns)
    assert expression.is_constant is is_constant


@pytest.mark.parametrize(
    "text",
    [
        "a, b",
        "a) from x; drop table y; select (1",
        "a); drop table y; --",
        "a) as x, (b",
        "(select max(x) from other)",
        "a from read_csv('/etc/passwd')",
        "read_text('/etc/passwd')",
        "(select content from read_text('/etc/passwd'))",
        "getenv('HOME')",
        "current_setting('home_directory')",
        "getvariable('x')",
        "now()",
        "current_date",
        "current_timestamp",
        "today()",
        "random()",
        "uuid()",
        "nextval('s')",
        "write_log('x')",
        "no_such_function(a)",
        "max(a)",
        "row_number() over ()",
        "lag(a) over (order by b)",
        "*",
        "columns('a.*')",
        "$1",
        "?",
        "a as b",
        "a where b",
        "a union select 1",
        "exists (from x)",
        "drop table x",
        "",
        "  ",
        "a" * 20_001,
    ],
)
def test_what_is_not_one_pure_expression_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^here: "):
        read_expression(text, "here")


@pytest.mark.parametrize(
    "text",
    [
        "select * from a",
        "select a.x, b.y from a join b using (id) where a.x > 1;",
        "with owners as (select * from b where type = 'OWNER') select a.* from a join owners using (id)",
        "select id, sum(x) as x from a group by id",
        "select id, row_number() over (partition by id order by x) as n from a qualify n = 1",
        "select * from a union all select * from b",
        "select * from a where id in (select id from b)",
        "select unnest(string_split(x, ',')) as part from a",
        "from a select id",
    ],
)
def test_a_select_over_the_files_is_accepted(text: str) -> None:
    assert read_query(text, frozenset({"a", "b"}), "here") == text.rstrip(";")


@pytest.mark.parametrize(
    "text",
    [
        "select * from c",
        "select * from raw_data.customers",
        "select * from '/etc/passwd'",
        "select * from 'x.csv'",
        "select * from read_csv('x.csv')",
        "select * from glob('*')",
        "select * from duckdb_settings()",
        "select * from a, query('select 1')",
        "select * from a; select 1",
        "insert into a select 1",
        "delete from a",
        "copy a to 'x.csv'",
        "attach 'x.db'",
        "create table x as select * from a",
        "pragma database_list",
        "set memory_limit = '1GB'",
        "select now() from a",
        "select * from a where x = random()",
        "with c as (select * from d) select * from c",
        "select (select max(x) from e) from a",
        "",
    ],
)
def test_a_query_that_is_no_select_over_the_files_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^here: "):
        read_query(text, frozenset({"a", "b"}), "here")
