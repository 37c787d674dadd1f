"""Which personal data a compiled model takes out of the core's tables."""

from __future__ import annotations

import pytest

from fintech_accelerator.compose.access import personal_data_read
from fintech_accelerator.contract import load_contract

CUSTOMERS = {
    f"customers.{column.name}"
    for column in load_contract().table("customers").columns
    if column.pii in ("P2", "P3")
}


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        ("select customer_id from core.customers", set()),
        ("select birth_year from core.customers", {"customers.birth_year"}),
        ('select "birth_year" from "warehouse"."core"."customers"', {"customers.birth_year"}),
        ("select customer_id from core.customers where birth_year > 1990", {"customers.birth_year"}),
        ("select count(*) from core.customers group by birth_year", {"customers.birth_year"}),
        ("select c.birth_year from core.customers as c", {"customers.birth_year"}),
        ("select * from core.customers", CUSTOMERS),
        ("select c.* from core.customers as c", CUSTOMERS),
        ("with some as (select customer_id from core.customers) select * from some", set()),
        ("with some as (select * from core.customers) select customer_id from some", CUSTOMERS),
        (
            "select a.account_id from core.accounts as a join core.customers as c on c.birth_year > 1",
            {"customers.birth_year"},
        ),
        ("select x.birth_year from cards.cards__people as x", set()),
        (
            "select 1 from core.accounts where exists (select 1 from core.customers where birth_year > 1)",
            {"customers.birth_year"},
        ),
        (
            "select customer_id from core.customers union all select birth_year from core.customers",
            {"customers.birth_year"},
        ),
    ],
)
def test_every_use_of_a_personal_column_is_found(sql: str, read: set[str]) -> None:
    assert personal_data_read(sql) == read
