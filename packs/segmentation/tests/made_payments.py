"""Twenty customers who pay by chance, the same in every run, and what a plain count makes of it."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = dict[str, Any]
FIRST = date(2025, 1, 1)
LAST = date(2026, 4, 20)  # the last month is still running
CUSTOMERS = [f"c{number:02}" for number in range(20)]
KINDS = [
    *(
        ("purchase", "D", "pos"),
        ("purchase", "D", "ecom"),
        ("refund", "C", "pos"),
        ("payroll", "C", "system"),
    ),
    *(("transfer_out", "D", "mobile"), ("cash_withdrawal", "D", "atm"), ("fee", "D", "system")),
    *(("loan_payment", "D", "web"), ("reversal", "C", "pos"), ("ach_debit", "D", "batch")),
]
CORRECTIONS = ("refund", "reversal")


def random_bank(new_bank: Any) -> Any:
    chance = random.Random(11)  # noqa: S311  (rows for a test)
    bank = new_bank()
    for number, name in enumerate(CUSTOMERS):
        bank.holder(name, since=FIRST + timedelta(days=number * 9 - 60))
        for product, every in (("savings", 2), ("checking", 3), ("mortgage", 5)):
            if number % every == 0:
                since = FIRST + timedelta(days=60 * every)
                bank.account(f"{name}-{product}", of=name, product_type=product, since=since)
    edges = [date(2025, 12, 31) - timedelta(days=days) for days in (29, 30, 89, 90, 364)]
    for number in range(900):
        name = chance.choice(CUSTOMERS)
        day = chance.choice([*edges, *(FIRST + timedelta(days=chance.randrange(475)) for _ in range(9))])
        kind, direction, channel = chance.choice(KINDS)
        bank.act(
            name,
            max(day, FIRST + timedelta(days=CUSTOMERS.index(name) * 9)),
            Decimal(chance.randrange(100, 20000)) / (5 if kind == "payroll" else 100),
            txn_type=kind,
            direction=direction,
            channel=channel,
            status=chance.choice(["posted"] * 9 + ["declined"]),
            merchant_country=chance.choice(["US", "GB", None]),
            mcc=chance.choice(["5411", "5812", "9999", None]),
            **({"currency": "XTS"} if number % 50 == 7 else {}),
        )
    bank.act(CUSTOMERS[0], FIRST)
    bank.act(CUSTOMERS[0], LAST)
    for _ in range(300):
        day = FIRST + timedelta(days=chance.randrange(-40, 500))
        bank.log_in(chance.choice(CUSTOMERS), day, chance.choice(["success", "failure"]))
    return bank


def is_act(row: Row) -> bool:
    return row["txn_type"] not in {*CORRECTIONS, "fee", "payroll", "ach_debit"}


def base(row: Row) -> Decimal:
    return row["amount"] if row["currency"] == "USD" else Decimal(0)


def spend(rows: Iterable[Row]) -> Decimal:
    total = Decimal(0)
    for row in rows:
        if row["txn_type"] in CORRECTIONS:
            total -= base(row)
        elif is_act(row) and row["txn_type"] != "loan_payment":
            total += base(row)
    return total


def outflow(rows: Iterable[Row]) -> Decimal:
    return sum((-base(row) if row["txn_type"] in CORRECTIONS else base(row) for row in rows), Decimal(0))


def within(rows: Iterable[Row], feature: Row, days: int) -> list[Row]:
    """A customer's rows of the days that end with the snapshot, which counts."""
    end = feature["snapshot_date"]
    return [
        row
        for row in rows
        if row["customer_id"] == feature["customer_id"] and end - timedelta(days=days) < row["day"] <= end
    ]


def share(part: float, whole: float) -> float | None:
    return round(part / whole, 6) if whole else None
