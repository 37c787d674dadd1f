"""Cash: candidates for currency transaction reports, and for structuring."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

Row = dict[str, Any]
FRIDAY = datetime(2026, 5, 22, 16)  # noqa: DTZ001  12:00 in New York, before the Memorial Day weekend
REPORTS = "fraud_restricted.fraud__ctr_candidates"
STRUCTURED = "fraud_restricted.fraud__structuring_candidates"
MONDAY = datetime(2026, 6, 1, 16)  # noqa: DTZ001
DAY = timedelta(days=1)


def cash(bank: Any, name: str, amount: str, at: datetime, **facts: Any) -> str:
    """Cash brought to a branch, or with `out` taken from it."""
    out = facts.pop("out", False)
    kind = {"txn_type": "cash_withdrawal" if out else "cash_deposit", "direction": "D" if out else "C"}
    usual = {"channel": "branch", "branch_id": "b1", "conductor_customer_id": None}
    return str(bank.pay(name, Decimal(amount), at=at, **{**usual, **kind, **facts}))


def reportable(bank: Any) -> None:
    cash(bank, "two branches", "6000", FRIDAY)
    cash(bank, "two branches", "4000.01", FRIDAY, branch_id="b2")
    cash(bank, "exactly", "10000", FRIDAY)
    cash(bank, "weekend", "6000", FRIDAY)
    cash(bank, "weekend", "3000", FRIDAY + DAY)
    cash(bank, "weekend", "7500", FRIDAY + 3 * DAY)
    cash(bank, "night", "6000", FRIDAY + timedelta(hours=6))  # 18:00: the counters are closed
    cash(bank, "night", "4500", FRIDAY + 4 * DAY)
    cash(bank, "evening", "6000", FRIDAY + timedelta(hours=5, minutes=59))
    cash(bank, "evening", "4500", FRIDAY + 4 * DAY)
    cash(bank, "in and out", "7000", FRIDAY)
    cash(bank, "in and out", "7000", FRIDAY, out=True)
    wrong = cash(bank, "corrected", "12000", FRIDAY)
    correction = {"txn_type": "reversal", "direction": "D", "original_transaction_id": wrong}
    bank.pay("corrected", Decimal(2000), at=FRIDAY, branch_id="b1", conductor_customer_id=None, **correction)
    cash(bank, "not named", "12000", FRIDAY)
    nameless = {"txn_type": "reversal", "direction": "D", "branch_id": "b1", "conductor_customer_id": None}
    bank.pay("not named", Decimal(12000), at=FRIDAY, **nameless)
    cash(bank, "brought for", "8000", FRIDAY, conductor_customer_id="c-bearer")
    cash(bank, "bearer", "2500", FRIDAY, conductor_customer_id="c-bearer")
    cash(bank, "taken", "10000.01", FRIDAY, out=True)


def suspicious(bank: Any) -> None:
    for day in (0, 2):
        cash(bank, "twice", "9900", MONDAY + day * DAY)
    for day in range(5):
        cash(bank, "five days", str(9500 - 100 * day), MONDAY + day * DAY, branch_id=f"b{day % 3}")
    for day in range(3):
        cash(bank, "three days", "8000", MONDAY + day * DAY)
        cash(bank, "not near", "7999.99", MONDAY + day * DAY)
        cash(bank, "reported", "8000", MONDAY + day * DAY)
        cash(bank, "reported", "2000.01", MONDAY + day * DAY)
    for day in (0, 1, 9):
        cash(bank, "ten days", "9000", MONDAY + day * DAY)
    for day in (0, 1, 10):
        cash(bank, "eleven days", "9000", MONDAY + day * DAY)
    cash(bank, "ten days", "500", MONDAY - 20 * DAY)
    cash(bank, "ten days", "700", MONDAY - 10 * DAY)


@pytest.fixture(scope="module")
def bank(new_bank: Any) -> Any:
    bank = new_bank()
    reportable(bank)
    suspicious(bank)
    flags = {"weekend": {"ctr_exempt_flag": 1}, "five days": {"expected_cash_flag": 0}}
    for customer in bank.tables["customers"]:
        named = flags.get(customer["customer_id"].removeprefix("c-"), {})
        customer |= {"ctr_exempt_flag": 0, "expected_cash_flag": 1, **named}
    joint = {"account_id": "a-brought for", "customer_id": "c-spouse", "role": "joint"}
    user = {"account_id": "a-brought for", "customer_id": "c-user", "role": "authorised_user"}
    bank.tables["account_holders"] = [joint, user]
    return bank


@pytest.fixture(scope="module")
def built(build: Callable[..., ComposedProject], bank: Any) -> ComposedProject:
    return build({name: rows for name, rows in bank.tables.items() if rows})


@pytest.fixture(scope="module")
def reports(built: ComposedProject) -> dict[tuple[str, str], Row]:
    rows = built.rows(REPORTS)
    return {(row["customer_id"].removeprefix("c-"), row["cash_direction"]): row for row in rows}


@pytest.fixture(scope="module")
def structured(built: ComposedProject) -> dict[str, list[Row]]:
    rows = built.rows(STRUCTURED)
    by_name: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row["window_end_date"]):
        by_name.setdefault(row["customer_id"].removeprefix("c-"), []).append(row)
    return by_name


def test_only_cash_of_a_day_above_the_threshold_is_a_candidate(reports: dict[tuple[str, str], Row]) -> None:
    found = {key: row["cash_amount"] for key, row in reports.items()}

    assert found == {
        ("two branches", "in"): Decimal("10000.01"),
        ("weekend", "in"): Decimal(10500),
        ("night", "in"): Decimal(10500),
        ("reported", "in"): Decimal("10000.01"),
        ("not named", "in"): Decimal(12000),
        ("bearer", "in"): Decimal(10500),
        ("taken", "out"): Decimal("10000.01"),
    }


def test_night_weekend_and_holiday_count_for_the_next_business_day(
    reports: dict[tuple[str, str], Row],
) -> None:
    report = reports["weekend", "in"]

    assert (report["business_date"], report["due_date"]) == (date(2026, 5, 26), date(2026, 6, 10))
    assert (report["is_exempt"], reports["taken", "out"]["is_exempt"]) == (1, 0)


def test_a_correction_counts_by_what_it_names_and_not_by_its_amount(
    reports: dict[tuple[str, str], Row],
) -> None:
    assert ("corrected", "in") not in reports
    assert ("not named", "in") in reports


def test_who_brings_cash_for_another_has_both_and_an_authorised_user_nothing(
    reports: dict[tuple[str, str], Row],
) -> None:
    report = reports["bearer", "in"]

    assert (report["conducted_amount"], report["owned_amount"]) == (Decimal(10500), Decimal(2500))
    assert (report["transaction_count"], report["account_count"]) == (2, 2)


def test_two_near_days_are_none_and_the_third_is_a_candidate(structured: dict[str, list[Row]]) -> None:
    assert set(structured) == {"five days", "three days", "ten days"}
    assert [row["near_day_count"] for row in structured["five days"]] == [3, 4, 5]
    assert [row["near_day_count"] for row in structured["ten days"]] == [3]


def test_five_days_over_three_branches_are_shown_with_their_strength(
    structured: dict[str, list[Row]],
) -> None:
    last = structured["five days"][-1]

    assert (last["cash_amount"], last["branch_count"], last["account_count"]) == (Decimal(46500), 3, 1)
    assert (last["window_end_date"], last["strength"], last["round_share"]) == (date(2026, 6, 5), 4, 1)
    assert structured["three days"][0]["strength"] == 1


def test_cash_days_before_the_window_are_what_is_usual(structured: dict[str, list[Row]]) -> None:
    assert structured["ten days"][0]["prior_daily_median"] == Decimal(600)
    assert structured["three days"][0]["prior_daily_median"] is None
