"""Increments against builds from nothing: late rows, corrections, reversals, a party found to be a test."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

pytestmark = pytest.mark.slow

Row = dict[str, Any]
FIRST = date(2026, 1, 1)
MARTS = ("activity_daily", "active_users_daily", "customer_month", "primary_bank")
EMPTIED = date(2026, 1, 20)
KEPT = ("activity_by_month", "account_months", "credit_days", "payment_days")


@pytest.fixture(scope="module")
def tables(new_bank: Any) -> dict[str, list[Row]]:
    """Four months of a few customers who pay, get paid and log in."""
    chance = random.Random(5)  # noqa: S311  (rows for a test)
    bank = new_bank()
    for number in range(12):
        name = f"c{number}"
        for _ in range(25):
            day = FIRST + timedelta(days=chance.randrange(120))
            kind = chance.choice(["purchase", "transfer_out", "ach_debit", "payroll"])
            direction = "C" if kind == "payroll" else "D"
            facts = {"txn_type": kind, "direction": direction, "counterparty_account_hash": f"p{number % 3}"}
            bank.pay(name, day, chance.randrange(1, 900), **facts)
            bank.log_in(
                name, day + timedelta(days=chance.randrange(3)), outcome=chance.choice(["success", "failure"])
            )
        bank.use(name, day)
        for days in range(0, 120, 9):
            bank.balance(name, FIRST + timedelta(days=days + number % 9), chance.randrange(9000))
    bank.hold("a-c1", "c2", "joint")
    return {name: list(rows) for name, rows in bank.tables.items()}


def all_marts(project: ComposedProject) -> dict[str, list[Row]]:
    relations = [*(f"engagement__{name}" for name in MARTS), *(f"int_engagement__{name}" for name in KEPT)]
    rows = {name.split("__")[1]: project.rows(f"engagement.{name}") for name in relations}
    return {name: sorted(given, key=repr) for name, given in rows.items()}


def corrected(known: list[Row]) -> tuple[list[Row], Row]:
    """A declined, a moved and a reversed payment, and the reversal."""
    alone = next(row for row in known[20:] if row["txn_type"] == "purchase")
    declined = {**alone, "status": "declined"}
    moved = {**known[100], "event_ts": known[100]["event_ts"] + timedelta(days=3)}
    paid = next(row for row in reversed(known) if row["txn_type"] == "purchase")
    back = {
        **paid,
        "transaction_id": "back",
        "event_ts": paid["event_ts"] + timedelta(days=20),
        "direction": "C",
        "txn_type": "reversal",
        "original_transaction_id": paid["transaction_id"],
    }
    return [declined, moved, back], back


def corrected_again(tables: dict[str, list[Row]], back: Row) -> dict[str, list[Row]]:
    """The reversal is declined, a customer turns out a test, a day loses all rows, balances change."""
    balances = tables["balances_daily"]
    moved_days = [
        {**row, "event_ts": row["event_ts"] + timedelta(days=5)}
        for row in tables["transactions"]
        if row["event_ts"].date() == EMPTIED
    ]
    return {
        "transactions": [{**back, "status": "declined"}, *moved_days],
        "customers": [{**tables["customers"][7], "is_test": 1}],
        "balances_daily": [
            {**balances[3], "balance_eod": 77777},
            {**balances[4], "balance_date": date(2025, 12, 9)},
        ],
    }


def test_increments_with_late_rows_and_corrections_equal_a_build_from_nothing(
    build: Callable[..., ComposedProject], tables: dict[str, list[Row]]
) -> None:
    transactions = sorted(tables["transactions"], key=lambda row: row["event_ts"])
    late = transactions[3::29]
    known = [row for row in transactions if row not in late]
    logins = tables["login_activity"]
    columns = {name: sorted(rows[0]) for name, rows in tables.items()}
    first = {**tables, "transactions": known[:200], "login_activity": logins[:200]}
    project = build(first, mapped=columns)
    before = all_marts(project)
    project.run({"transactions": known[200:], "login_activity": logins[200:]})
    project.run({"transactions": late})
    corrections, back = corrected(known)
    project.run({"transactions": corrections})
    by_reversal = all_marts(project)
    assert by_reversal == all_marts(project.rebuild())
    project.run(corrected_again(tables, back))
    by_increments = all_marts(project)

    assert by_increments == all_marts(project.rebuild())
    assert all(by_increments.values())
    assert by_increments["activity_daily"] != by_reversal["activity_daily"] != before["activity_daily"]
    assert [name for name in KEPT if by_increments[name] == by_reversal[name]] == []
    assert any(row["event_date_local"] == EMPTIED for row in before["payment_days"])
    assert not any(row["event_date_local"] == EMPTIED for row in by_increments["payment_days"])
    assert not any(row["customer_id"] == "c7" for row in by_increments["activity_daily"])
