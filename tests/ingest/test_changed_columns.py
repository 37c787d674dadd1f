"""Columns that disappear, change their type or are added in a later file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Bank


def test_a_column_that_disappeared_is_named_with_what_was_expected_and_found(bank: Bank) -> None:
    bank.source("customers", "in/*.csv", {"customer_id": "id", "birth_year": "cast(born as integer)"})
    bank.write("in/1.csv", "id,born\nx1,1980\n")
    bank.write("in/2.csv", "id,birth\nx2,1981\n")

    refused = bank.refusals()

    assert [(each.name, each.reason) for each in refused] == [
        ("in/2.csv", "in/2.csv (for customers): birth_year expects a column 'born'; the file has: id, birth")
    ]
    assert bank.one("select count(*) from raw_data.customers") == 1


def test_a_column_that_disappeared_is_missed_also_where_columns_go_by_name(bank: Bank) -> None:
    bank.source("customers", "in/*.csv")
    bank.write("in/1.csv", "customer_id,birth_year\nx1,1980\n")
    bank.write("in/2.csv", "customer_id,birthyear\nx2,1981\n")

    refused = bank.refusals()

    assert (
        "birth_year expects a column 'birth_year'; the file has: customer_id, birthyear" in refused[0].reason
    )
    assert refused[0].fix == "did you mean 'birthyear'?"


def test_a_file_of_a_join_that_lacks_a_column_refuses_the_join(bank: Bank) -> None:
    bank.source(
        "customers",
        {"a": "in/a*.csv", "b": "in/b.csv"},
        query="select a.customer_id, b.birth_year from a join b using (customer_id)",
    )
    bank.write("in/a1.csv", "customer_id,x\nx1,1\n")
    bank.write("in/a2.csv", "customer_id\nx2\n")
    bank.write("in/b.csv", "customer_id,birth_year\nx1,1980\n")

    refused = bank.refusals()

    assert {each.name for each in refused} == {"in/a1.csv", "in/a2.csv", "in/b.csv"}
    assert "in/a2.csv (for customers): the query's a expects a column 'x'" in refused[0].reason


def test_a_column_that_changed_its_type_is_named_with_what_was_expected_and_found(bank: Bank) -> None:
    bank.source("customers", "in/*.parquet")
    bank.parquet("in/1.parquet", "select 'x1' as customer_id, 1980 as birth_year")
    bank.parquet("in/2.parquet", "select 'x2' as customer_id, date '1980-01-01' as birth_year")
    bank.parquet("in/3.parquet", "select 'x3' as customer_id, [1980] as birth_year")

    refused = bank.refusals()

    assert [each.reason for each in refused] == [
        'in/2.parquet (for customers): birth_year expects smallint, found DATE ("birth_year")',
        'in/3.parquet (for customers): birth_year expects smallint, found INTEGER[] ("birth_year")',
    ]


def test_an_added_column_is_reported_and_ignored(bank: Bank) -> None:
    bank.source("customers", "in/*.csv", {"customer_id": "customer_id"})
    bank.write("in/1.csv", "customer_id\nx1\n")
    bank.write("in/2.csv", "customer_id,nickname,mood\nx2,Bo,good\n")

    result = bank.load()

    assert result.rows_loaded == 2
    assert result.notes == ("in/2.csv: new column nickname, mood is not mapped and is ignored",)
