"""Fees, and what is waived or given back of them, on the day and linked to the fee."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fintech_accelerator.testing import ComposedProject

JANUARY, FEBRUARY = date(2026, 1, 20), date(2026, 2, 10)


@pytest.fixture(scope="module")
def lines(busy_bank: ComposedProject) -> dict[str, dict[str, Any]]:
    return {row["ledger_line_id"]: row for row in busy_bank.rows("revenue.revenue__ledger")}


def fee_event(busy_bank: ComposedProject, key: str) -> dict[str, Any]:
    (row,) = busy_bank.rows(f"select * from revenue.revenue__fee_event where transaction_id = '{key}'")
    return row


def test_a_waiver_in_a_later_month_takes_the_fee_back_in_that_month(
    busy_bank: ComposedProject, lines: dict[str, dict[str, Any]]
) -> None:
    fee, waiver = fee_event(busy_bank, "waived later"), fee_event(busy_bank, "waiver")

    assert (fee["gross_amount"], fee["waived_amount"], fee["net_amount"]) == (35, 0, 35)
    assert (waiver["gross_amount"], waiver["waived_amount"], waiver["net_amount"]) == (0, 35, -35)
    assert (waiver["fee_transaction_id"], waiver["charged_date"]) == ("waived later", JANUARY)
    assert (waiver["fee_code"], waiver["fee_line"]) == ("OD", "overdraft_fee")
    line = lines["transactions:waiver:waiver"]
    assert (line["line"], line["effective_date"], line["amount"]) == ("fee_waiver", FEBRUARY, -35)
    assert line["reverses_line_id"] == "transactions:waived later:fee"


def test_a_fee_waived_as_it_is_charged_is_gross_and_waiver(
    busy_bank: ComposedProject, lines: dict[str, dict[str, Any]]
) -> None:
    fee = fee_event(busy_bank, "waived at once")

    assert (fee["gross_amount"], fee["waived_amount"], fee["net_amount"]) == (12, 12, 0)
    assert lines["transactions:waived at once:fee"]["line"] == "account_fee"
    waiver = lines["transactions:waived at once:waiver"]
    assert (waiver["amount"], waiver["reverses_line_id"]) == (-12, "transactions:waived at once:fee")


def test_net_is_gross_less_waived_less_reversed_on_every_fee(busy_bank: ComposedProject) -> None:
    rows = busy_bank.rows(
        "select fee_transaction_id as fee, sum(net_amount) as net from revenue.revenue__fee_event"
        " where account_id = 'a-fees' group by all"
    )

    assert {row["fee"]: row["net"] for row in rows} == {
        "waived later": 0,
        "part back": 25,
        "waived at once": 0,
        "no schedule": 5,
        "wrong": 35,
        None: -7,
    }


def test_a_fee_is_classed_by_the_schedule_of_its_day_and_product(busy_bank: ComposedProject) -> None:
    found = {key: fee_event(busy_bank, key) for key in ("waived later", "euro fee", "no schedule", "part")}

    assert [(row["fee_line"], row["scheduled_amount"], row["is_line_assumed"]) for row in found.values()] == [
        ("overdraft_fee", 35, 0),
        ("penalty_fee", 30, 0),
        ("service_fee", None, 1),
        ("overdraft_fee", 35, 0),
    ]
