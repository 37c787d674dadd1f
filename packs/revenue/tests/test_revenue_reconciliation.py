"""The ledger against the general ledger: each status, the two views at month end, and whole banks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)
FEE = {"txn_type": "fee", "channel": "system", "network": None, "merchant_country": None}
INTEREST = {**FEE, "txn_type": "interest_charged"}


def books(bank: Any, entity: str, amount: float, period: date = JANUARY, **facts: Any) -> None:
    """A row of the general ledger, by default of interest income."""
    rows = bank.tables.setdefault("gl_balances", [])
    row = {"gl_account": f"{4000 + len(rows)}", "legal_entity_id": entity, "period_end": period}
    rows.append({**row, "line": "interest_income", "amount_base": amount, **facts})


# entity: what the ledger has, what the books have
CASES = {
    "exact": (1000.00, 1000.00),
    "one": (1000.00, 999.00),  # at the amount
    "above": (1000.00, 998.99),
    "below": (1000.00, 1000.99),
    "share": (10005.00, 10000.00),  # at five ten-thousandths
    "shared": (10005.01, 10000.00),
    "alone": (1000.00, None),
    "books": (None, 500.00),
}


@pytest.fixture(scope="module")
def compared(new_bank: Any, build: Callable[..., ComposedProject]) -> ComposedProject:
    bank = new_bank()
    for entity, (earned, booked) in CASES.items():
        bank.account(entity, "mortgage", legal_entity_id=entity)
        if earned is not None:
            bank.post(entity, f"{entity} interest", earned, date(2026, 1, 20), **INTEREST)
        if booked is not None:
            books(bank, entity, booked)
    bank.account("late", legal_entity_id="late")
    bank.post("late", "booked later", 35, date(2026, 1, 31), **FEE, posted_date=date(2026, 2, 2))
    bank.account("waived", legal_entity_id="waived")
    bank.post("waived", "waived at once", 12, date(2026, 1, 20), **FEE, fee_waived_flag=1)
    books(bank, "waived", 12, line="service_fee")
    books(bank, "waived", -12, line="fee_waiver")
    books(bank, "late", 20, FEBRUARY, line="service_fee")
    books(bank, "late", 15, date(2026, 2, 27), line="service_fee")
    books(bank, "late", 7, line="salaries")
    books(bank, "late", 9, line=None)
    return build(bank.tables)


def found(project: ComposedProject, entity: str) -> list[dict[str, Any]]:
    return project.rows(
        f"select * from revenue.revenue__reconciliation where legal_entity_id = '{entity}'"
        " order by period_end, line"
    )


@pytest.mark.parametrize(
    ("entity", "status", "difference"),
    [
        ("exact", "matched", "0"),
        ("one", "within", "1"),
        ("above", "break", "1.01"),
        ("below", "within", "-0.99"),
        ("share", "within", "5"),
        ("shared", "break", "5.01"),
        ("alone", "no_gl", None),
        ("books", "break", "-500"),
    ],
)
def test_a_line_is_judged_by_the_higher_of_two_tolerances(
    compared: ComposedProject, entity: str, status: str, difference: str | None
) -> None:
    (row,) = found(compared, entity)

    assert (row["status"], row["period_status"]) == (status, status)
    assert row["difference_amount"] == (None if difference is None else Decimal(difference))
    assert (row["period_end"], row["line"], row["line_group"]) == (JANUARY, "interest_income", "interest")


def test_what_either_side_lacks_is_unknown_and_not_zero(compared: ComposedProject) -> None:
    (alone,), (only_books,) = found(compared, "alone"), found(compared, "books")

    assert (alone["general_ledger_amount"], alone["tolerance_amount"], alone["line_count"]) == (None, None, 1)
    assert (only_books["ledger_amount"], only_books["earned_amount"], only_books["line_count"]) == (
        None,
        None,
        0,
    )


def test_a_late_booking_counts_where_the_general_ledger_has_it(compared: ComposedProject) -> None:
    salaries, earned, booked = found(compared, "late")

    assert (salaries["line"], salaries["line_group"], salaries["status"]) == ("salaries", None, "break")
    assert (earned["line"], earned["period_end"], earned["status"]) == ("service_fee", JANUARY, "no_gl")
    assert (earned["ledger_amount"], earned["earned_amount"]) == (None, 35)
    assert (booked["period_end"], booked["ledger_amount"], booked["earned_amount"]) == (FEBRUARY, 35, None)
    assert (booked["general_ledger_amount"], booked["status"]) == (35, "matched")


def test_a_period_is_no_better_than_its_worst_line(compared: ComposedProject) -> None:
    salaries, earned, booked = found(compared, "late")

    assert [row["period_status"] for row in (salaries, earned, booked)] == ["break", "break", "matched"]


def test_a_waiver_that_the_general_ledger_keeps_an_account_for_stays_apart(compared: ComposedProject) -> None:
    waiver, fee = found(compared, "waived")

    assert (waiver["line"], waiver["status"], waiver["ledger_amount"]) == ("fee_waiver", "matched", -12)
    assert (fee["line"], fee["status"], fee["ledger_amount"]) == ("service_fee", "matched", 12)


def test_a_bank_without_entities_is_compared_as_a_whole_and_net_of_what_it_keeps_no_account_for(
    new_bank: Any, build: Callable[..., ComposedProject]
) -> None:
    bank = new_bank()
    bank.post("one", "fee", 35, date(2026, 1, 20), **FEE)
    bank.post("one", "waived", 12, date(2026, 1, 20), **FEE, fee_waived_flag=1)
    bank.post("one", "half back", 30, date(2026, 1, 20), **FEE)
    half = {**FEE, "txn_type": "fee_reversal"}
    bank.back("one", "half", 15, date(2026, 1, 21), "half back", **half)
    bank.post("one", "bought", 100, date(2026, 1, 20), interchange_amount=2)
    bank.back("one", "brought back", 50, date(2026, 1, 21), "bought")
    books(bank, "north", 40, line="service_fee")
    books(bank, "south", 10, line="service_fee")
    books(bank, "north", 1, line="interchange_income")

    rows = build(bank.tables).rows("select * from revenue.revenue__reconciliation order by line")

    # What no account is kept for is booked against what it takes back.
    assert [(row["line"], row["status"], row["ledger_amount"]) for row in rows] == [
        ("interchange_income", "matched", 1),
        ("service_fee", "matched", 50),
    ]
    assert {row["legal_entity_id"] for row in rows} == {"unknown"}
    assert all("no_accounts_legal_entity_id" in row["capability_flags"].split(",") for row in rows)


def test_without_a_general_ledger_nothing_is_called_reconciled(busy_bank: ComposedProject) -> None:
    rows = busy_bank.rows("revenue.revenue__reconciliation")

    assert {(row["status"], row["period_status"], row["difference_amount"]) for row in rows} == {
        ("no_gl", "no_gl", None)
    }
    assert all("no_gl" in row["capability_flags"].split(",") for row in rows)
    assert sum(row["fx_missing_count"] for row in rows) == 2
