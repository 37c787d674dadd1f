"""Evidence of a primary relationship below, at and above its thresholds, and what the points decide."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

Row = dict[str, Any]
FIRST, LAST = date(2025, 9, 1), date(2026, 5, 31)
MONTH = date(2026, 5, 1)
PAYROLL = {"direction": "C", "txn_type": "payroll", "channel": "batch"}
CREDIT = {"direction": "C", "txn_type": "ach_credit", "channel": "batch"}
BILL = {"txn_type": "bill_payment", "channel": "web"}
TRANSFER = {"txn_type": "transfer_out", "channel": "web"}


def back(days: int) -> date:
    """So many days before the last one."""
    return LAST - timedelta(days=days)


def salary(bank: Any, name: str, *, back_days: int = 10, amount: float = 1000) -> None:
    bank.pay(name, back(back_days), amount, **PAYROLL)


def bills(bank: Any, name: str, payees: int, *, first: int = 60, gap: int = 30) -> None:
    """Payees paid twice, so many days before the last day and a gap later."""
    for number in range(payees):
        for day in (back(first), back(first - gap)):
            bank.pay(name, day, 50, counterparty_account_hash=f"{name}-{number}", **BILL)


def spend(bank: Any, name: str, count: int, *, since: int = 29) -> None:
    for number in range(count):
        bank.pay(name, back(since - number % (since + 1)), 20)


def regular(bank: Any, name: str, amounts: list[float], gap: int, *, first: int = 100) -> None:
    for number, amount in enumerate(amounts):
        bank.pay(
            name, back(first - gap * number), amount, counterparty_account_hash=f"payer-{name}", **CREDIT
        )


def evidence(bank: Any) -> None:
    salary(bank, "salary below", amount=399.99)
    salary(bank, "salary at", amount=400)
    salary(bank, "salary on the first day", back_days=119)
    salary(bank, "salary too old", back_days=120)
    regular(bank, "three credits", [1000, 1000, 1000], 30)
    regular(bank, "two credits", [1000, 1000], 30)
    regular(bank, "weekly credits", [500] * 4, 7)
    regular(bank, "odd gaps", [1000, 1000, 1000], 20)
    regular(bank, "varied at", [750, 1000, 1250], 14)
    regular(bank, "varied above", [749, 1000, 1251], 14)
    bills(bank, "two payees", 2)
    bills(bank, "three payees", 3)
    bills(bank, "bills too close", 3, gap=25)
    bills(bank, "bills too old", 3, first=90)
    spend(bank, "nine debits", 9)
    spend(bank, "ten debits", 10)
    spend(bank, "ten debits, one too old", 9)
    bank.pay("ten debits, one too old", back(30), 20)
    for number in range(10):
        bank.pay("ten direct debits", back(number), 20, txn_type="ach_debit", channel="batch")
    for name, count in (("three log-in days", 3), ("four log-in days", 4)):
        for number in range(count):
            bank.log_in(name, back(number * 7))
            bank.log_in(name, back(number * 7), channel="web")
    for name, balance in (("balance below", 499.99), ("balance at", 500)):
        salary(bank, name)
        bank.balance(name, back(3), balance - 100)
        bank.balance(name, back(2), balance + 100)
    salary(bank, "no balance known")
    bank.customer("no deposit account", product_type="credit_card")
    spend(bank, "no deposit account", 10)


EVIDENCE = [
    ("salary below", "salary_points", 0),
    ("salary at", "salary_points", 35),
    ("salary on the first day", "salary_points", 35),
    ("salary too old", "salary_points", 0),
    ("three credits", "salary_points", 35),
    ("two credits", "salary_points", 0),
    ("weekly credits", "salary_points", 35),
    ("odd gaps", "salary_points", 0),
    ("varied at", "salary_points", 35),
    ("varied above", "salary_points", 0),
    ("two payees", "bill_points", 0),
    ("three payees", "bill_points", 25),
    ("bills too close", "bill_points", 0),
    ("bills too old", "bill_points", 0),
    ("nine debits", "spending_points", 0),
    ("ten debits", "spending_points", 20),
    ("ten debits, one too old", "spending_points", 0),
    ("ten direct debits", "spending_points", 0),
    ("three log-in days", "digital_points", 0),
    ("four log-in days", "digital_points", 10),
    ("balance below", "balance_points", 0),
    ("balance at", "balance_points", 10),
    ("no balance known", "balance_points", None),
    ("no deposit account", "balance_points", 0),
]


def forwarding(bank: Any) -> None:
    for name, amount, after in (
        ("motel below", 799.99, 1),
        ("motel at", 800, 3),
        ("motel too late", 1000, 4),
        ("motel more than all", 3000, 0),
    ):
        salary(bank, name)
        bank.pay(name, back(10 - after), amount, **TRANSFER)
    salary(bank, "moved within")
    bank.account("a-savings", "moved within", product_type="savings")
    bank.pay("moved within", back(9), 900, **TRANSFER)
    inward = {"direction": "C", "txn_type": "transfer_in", "channel": "web", "account_id": "a-savings"}
    bank.pay("moved within", back(9), 900, **inward)
    salary(bank, "spent")
    bank.pay("spent", back(9), 900)
    salary(bank, "just paid", back_days=2)
    salary(bank, "paid twice", back_days=10)
    salary(bank, "paid twice", back_days=8)
    bank.pay("paid twice", back(7), 1500, **TRANSFER)


FORWARDED = [
    ("motel below", 0.79999, 0),
    ("motel at", 0.8, 1),
    ("motel too late", 0.0, 0),
    ("motel more than all", 1.0, 1),
    ("moved within", 0.0, 0),
    ("spent", 0.0, 0),
    ("just paid", None, None),
    ("paid twice", 0.75, 0),
    ("ten debits", None, None),
]


def decisions(bank: Any) -> None:
    for name in ("sixty points", "fifty-five points", "all points"):
        salary(bank, name)
        bank.balance(name, back(1), 0)
    bills(bank, "sixty points", 3)
    spend(bank, "fifty-five points", 10)
    bills(bank, "all points", 3)
    spend(bank, "all points", 10)
    bank.balance("all points", back(2), 5000)
    for number in range(4):
        bank.log_in("all points", back(number))
    bank.pay("ninety days", back(90))
    bank.pay("ninety-one days", back(91))
    bank.customer("mortgage only", product_type="mortgage")
    bank.customer("never came")


@pytest.fixture(scope="module")
def built(new_bank: Any, build: Callable[..., ComposedProject]) -> ComposedProject:
    bank = new_bank()
    for day in (FIRST, LAST):
        bank.pay("anybody", day)
    evidence(bank)
    forwarding(bank)
    decisions(bank)
    bank.balance("lost", FIRST, 1)
    bank.pay("lost", date(2025, 9, 15), 1000, **PAYROLL)
    for number in range(3):
        for month in (9, 10, 11, 12):
            day = date(2025, month, 5)
            bank.pay("lost", day, 50, counterparty_account_hash=f"lost-{number}", **BILL)
    for day in (date(2025, month, 20) for month in (9, 10, 11, 12)):
        bank.balance("lost", day, 1)
    return build(bank.tables)


@pytest.fixture(scope="module")
def may(built: ComposedProject) -> dict[str, Row]:
    rows = built.rows(f"select * from engagement.engagement__primary_bank where month_start = '{MONTH}'")
    return {row["customer_id"]: row for row in rows}


@pytest.mark.parametrize(("name", "column", "points"), EVIDENCE)
def test_evidence_earns_its_points_from_the_threshold_on(
    name: str, column: str, points: int | None, may: dict[str, Row]
) -> None:
    assert may[name][column] == points


@pytest.mark.parametrize(("name", "share", "flag"), FORWARDED)
def test_a_salary_that_only_passes_through_is_flagged_from_the_share_on(
    name: str, share: float | None, flag: int | None, may: dict[str, Row]
) -> None:
    found = may[name]["paycheck_forwarding_share"]

    assert (found if found is None else float(found), may[name]["paycheck_motel_flag"]) == (
        share if share is None else pytest.approx(share, abs=1e-6),
        flag,
    )


@pytest.mark.parametrize(
    ("name", "points", "relationship"),
    [
        ("all points", 100, "primary"),
        ("sixty points", 60, "primary"),
        ("fifty-five points", 55, "secondary"),
        ("ninety days", 0, "secondary"),
        ("ninety-one days", 0, "inactive"),
        ("mortgage only", 0, "secondary"),
        ("never came", 0, "inactive"),
    ],
)
def test_points_and_recent_use_decide_what_the_bank_is_to_the_customer(
    name: str, points: int, relationship: str, may: dict[str, Row]
) -> None:
    row = may[name]

    assert (float(row["primary_points"]), row["bank_relationship"]) == (points, relationship)
    assert row["is_primary"] == int(relationship == "primary")


def test_evidence_that_is_not_known_leaves_the_scale(may: dict[str, Row]) -> None:
    row = may["no balance known"]

    assert (row["available_points"], float(row["primary_points"])) == (90, 38.89)
    assert may["all points"]["available_points"] == 100


def test_a_primary_relationship_is_lost_when_two_months_are_without_after_three_with(
    built: ComposedProject,
) -> None:
    rows = built.rows(
        "select month_start, is_primary, primary_lost_month from engagement.engagement__primary_bank"
        " where customer_id = 'lost' order by month_start"
    )
    lost = {row["month_start"]: row["primary_lost_month"] for row in rows if row["primary_lost_month"]}

    assert [row["is_primary"] for row in rows] == [0, 1, 1, 1, 0, 0, 0, 0, 0]
    assert lost == {date(2026, 2, 1): date(2026, 1, 1)}


def test_a_salary_can_be_asked_to_be_larger(build: Callable[..., ComposedProject], new_bank: Any) -> None:
    bank = new_bank()
    salary(bank, "paid", amount=400)
    bank.pay("paid", LAST)
    strict = {"engagement": {"salary_minimum_amount": 401.0, "primary_bank_points": 40}}
    (row,) = build(bank.tables, parameters=strict).rows("engagement.engagement__primary_bank")

    assert (row["salary_points"], row["is_primary"]) == (0, 0)
