"""Months of products: sums of the ledger, margins, and what is not known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.engines.duckdb import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

JANUARY, FEBRUARY = date(2026, 1, 20), date(2026, 2, 10)


@pytest.fixture(scope="module")
def lines(busy_bank: ComposedProject) -> dict[str, dict[str, Any]]:
    return {row["ledger_line_id"]: row for row in busy_bank.rows("revenue.revenue__ledger")}


def test_a_line_without_an_exchange_rate_has_no_base_amount_and_is_counted(
    busy_bank: ComposedProject, lines: dict[str, dict[str, Any]]
) -> None:
    for key in ("krona fee:fee", "krona purchase:interchange"):
        line = lines[f"transactions:{key}"]
        assert (line["amount_base"], line["fx_missing_flag"]) == (None, 1)
        assert line["amount"] > 0
    (month,) = busy_bank.rows(
        "select * from revenue.revenue__product_month where legal_entity_id = 'south'"
        " and product_type = 'checking' and revenue_month = date '2026-01-01'"
    )
    assert (month["fx_missing_count"], month["revenue_amount"], month["line_count"]) == (2, 220, 4)


FIGURES = {
    "revenue_amount": "is_memo = 0",
    "net_interest_income": "line_group = 'interest'",
    "interest_expense": "line = 'interest_expense'",
    "net_interchange": "line_group = 'interchange'",
    "scheme_fee": "line = 'scheme_fee'",
    "interchange_refund": "line = 'interchange_refund'",
    "gross_fees": "line_group = 'fees' and line not in ('fee_waiver', 'fee_reversal')",
    "net_fees": "line_group = 'fees'",
    "fee_waiver": "line = 'fee_waiver'",
    "fee_reversal": "line = 'fee_reversal'",
    "estimated_amount": "estimated_flag = 1",
}


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_of_a_month_is_a_sum_of_the_ledger(busy_bank: ComposedProject, figure: str) -> None:
    (row,) = busy_bank.rows(
        f"select (select sum({figure}) from revenue.revenue__product_month) as months,"
        f" (select sum(amount_base) from revenue.revenue__ledger where {FIGURES[figure]}) as ledger"
    )

    assert row["months"] == row["ledger"] != 0


def test_months_are_by_product_entity_and_the_day_it_was_earned(busy_bank: ComposedProject) -> None:
    rows = busy_bank.rows("select * from revenue.revenue__product_month where net_fees is not null")
    found = {(row["product_code"], row["legal_entity_id"], row["revenue_month"].month) for row in rows}

    assert {("everyday", "north", 1), ("everyday", "north", 2), ("everyday", "north", 3)} <= found
    assert ("checking", "south", 1) in found


def test_a_month_counts_its_accounts_once_and_the_days_with_balances(
    busy_bank: ComposedProject, lines: dict[str, dict[str, Any]]
) -> None:
    key = itemgetter("product_code", "legal_entity_id", "revenue_month")
    accounts: dict[Any, set[str]] = {}
    for line in lines.values():
        product = {"product_code": line["product_code"] or line["product_type"]}
        month = {"revenue_month": line["effective_date"].replace(day=1)}
        accounts.setdefault(key({**line, **product, **month}), set()).add(line["account_id"])
    months = {key(row): row for row in busy_bank.rows("revenue.revenue__product_month")}

    assert {name: row["account_count"] for name, row in months.items()} == {
        name: len(accounts.get(name, ())) for name in months
    }
    assert accounts.keys() <= months.keys()
    assert max(map(len, accounts.values())) > 1
    days = {(row["product_code"], row["revenue_month"].month): row["balance_days"] for row in months.values()}
    assert (days["mortgage", 1], days["savings", 1], days["savings", 2]) == (31, 31, 2)


def test_a_stream_without_lines_is_unknown_and_not_zero(busy_bank: ComposedProject) -> None:
    (month,) = busy_bank.rows(
        "select * from revenue.revenue__product_month where product_code = 'mortgage'"
        " and revenue_month = date '2026-01-01'"
    )

    assert (month["interest_income"], month["net_fees"], month["net_interchange"]) == (500, None, None)
    assert month["memo_amount"] is None


def test_margins_follow_from_average_daily_balances(busy_bank: ComposedProject) -> None:
    rows = {
        row["product_code"]: row
        for row in busy_bank.rows(
            "select * from revenue.revenue__product_month where revenue_month = date '2026-01-01'"
        )
    }

    assert rows["mortgage"]["average_earning_assets"] == 100_000
    assert rows["mortgage"]["net_interest_margin"] == Decimal("0.058871")  # 500 x 365/31 / 100,000
    assert rows["savings"]["average_deposits"] == 2_000  # ten days of 31
    assert rows["savings"]["cost_of_deposits"] == Decimal("0.048569")  # 8.25 x 365/31 / 2,000
    assert rows["checking"]["balance_fx_missing_count"] == 1
    assert rows["everyday"]["net_interest_margin"] is None


def test_a_memo_in_the_ledger_is_shown_and_never_revenue(
    new_bank: Any, build: Callable[..., ComposedProject]
) -> None:
    bank = new_bank()
    bank.post("fees", "fee", 35, JANUARY, txn_type="fee")
    project = build(bank.tables)
    project.close()
    with open_warehouse(project.composition.warehouse) as connection:
        connection.execute(
            "insert into revenue.revenue__ledger select * replace ('memo' as ledger_line_id,"
            " 'provision_memo' as line, 'memo' as line_group, 1 as is_memo, -1000 as amount_base)"
            " from revenue.revenue__ledger"
        )
    (month,) = project.run().rows("revenue.revenue__product_month")

    assert (month["revenue_amount"], month["net_fees"], month["memo_amount"]) == (35, 35, -1000)
    assert (month["line_count"], month["estimated_share"]) == (2, 0)
