"""The lines of the ledger: reversals that add up to zero, and sums that are those of the core."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fintech_accelerator.testing import ComposedProject

JANUARY, FEBRUARY = date(2026, 1, 20), date(2026, 2, 10)


@pytest.fixture(scope="module")
def lines(busy_bank: ComposedProject) -> dict[str, dict[str, Any]]:
    return {row["ledger_line_id"]: row for row in busy_bank.rows("revenue.revenue__ledger")}


@pytest.mark.parametrize(
    ("booked", "reversing"),
    [
        ("wrong:fee", ["undone:reversal"]),
        ("charged:interest", ["charge undone:interest"]),
        ("bought:interchange", ["taken back:interchange"]),
        ("euro fee:fee", ["euro undone:reversal"]),
    ],
)
def test_a_line_and_the_lines_that_reverse_it_add_up_to_zero(
    lines: dict[str, dict[str, Any]], booked: str, reversing: list[str]
) -> None:
    line = lines[f"transactions:{booked}"]
    back = [lines[f"transactions:{key}"] for key in reversing]

    assert line["amount"] != 0
    assert line["amount"] + sum(row["amount"] for row in back) == 0
    assert line["amount_base"] + sum(row["amount_base"] for row in back) == 0
    assert {row["reverses_line_id"] for row in back} == {line["ledger_line_id"]}
    assert all(row["effective_date"] > line["effective_date"] for row in back)


def test_a_reversed_reversal_restores_the_line(lines: dict[str, dict[str, Any]]) -> None:
    keys = ("wrong:fee", "undone:reversal", "undone again:reversal")

    assert [lines[f"transactions:{key}"]["amount"] for key in keys] == [35, -35, 35]


def test_money_given_back_is_translated_at_the_rate_of_its_own_day(lines: dict[str, dict[str, Any]]) -> None:
    fee, back = lines["transactions:euro fee two:fee"], lines["transactions:euro given back:reversal"]

    assert (fee["amount_base"], back["amount_base"]) == (110, -120)


def test_a_line_names_the_exchange_rate_that_it_was_translated_at(lines: dict[str, dict[str, Any]]) -> None:
    keys = ("euro fee:fee", "euro undone:reversal", "euro given back:reversal", "wrong:fee")

    assert [lines[f"transactions:{key}"]["fx_rate_id"] for key in keys] == [
        f"EUR/USD {JANUARY}",
        f"EUR/USD {JANUARY}",  # a reversal undoes the booking
        f"EUR/USD {FEBRUARY}",
        None,
    ]


def test_interest_is_booked_as_posted_with_the_sign_of_the_bank(lines: dict[str, dict[str, Any]]) -> None:
    found = {key: lines[f"transactions:{key}:interest"] for key in ("charged", "charged too much", "paid")}

    assert [(row["line"], row["amount"], row["method"]) for row in found.values()] == [
        ("interest_income", 500, "actual"),
        ("interest_income", -20, "actual"),
        ("interest_expense", Decimal("-8.25"), "actual"),
    ]


def test_a_line_says_where_it_comes_from_and_when_it_was_booked(lines: dict[str, dict[str, Any]]) -> None:
    line, cost = lines["transactions:bought:interchange"], lines["transactions:bought:scheme_fee"]

    assert (line["effective_date"], line["posting_date"]) == (JANUARY, FEBRUARY)
    assert (line["rate_id"], line["method"], line["amount"]) == ("any", "calculated", Decimal("1.1000"))
    assert (line["source_table"], line["source_id"]) == ("transactions", "bought")
    assert (cost["line"], cost["amount"], cost["method"]) == ("scheme_fee", Decimal("-0.0500"), "actual")
    assert lines["transactions:blended:interchange"]["estimated_flag"] == 1
    assert not any("cash" in key for key in lines)


SOURCES = {
    "fees": "select sum(case when direction = 'D' then amount else -amount end) from core.transactions"
    " where txn_type in ('fee', 'fee_reversal') and coalesce(fee_waived_flag, 0) = 0"
    " or transaction_id in ('undone', 'undone again', 'euro undone', 'waiver')",
    "interest": "select sum(case when direction = 'D' then amount else -amount end) from core.transactions"
    " where txn_type in ('interest_charged', 'interest_paid') or transaction_id = 'charge undone'",
}


@pytest.mark.parametrize("group", SOURCES)
def test_the_ledger_adds_up_to_the_transactions_of_the_core(busy_bank: ComposedProject, group: str) -> None:
    (row,) = busy_bank.rows(
        f"select sum(amount) as ledger, ({SOURCES[group]}) as source from revenue.revenue__ledger"
        f" where line_group = '{group}'"
    )

    assert row["ledger"] == row["source"] != 0


def test_the_ledger_adds_up_to_the_interchange(busy_bank: ComposedProject) -> None:
    (row,) = busy_bank.rows(
        "select (select sum(amount) from revenue.revenue__ledger where line_group = 'interchange') as ledger,"
        " sum(interchange_amount) - sum(scheme_fee_amount) as source from revenue.revenue__interchange"
    )

    assert row["ledger"] == row["source"] != 0
