"""Half a year of what customers do and hold by chance, the same in every run."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
Acts = set[tuple[str, str, date]]  # customer, channel, local day
FIRST = date(2026, 1, 1)
DAYS = 185
SILENT = {FIRST + timedelta(days=number) for number in (40, 41, 100)}
CHANNELS = ("pos", "web", "mobile")
MONEY = [
    ("payroll", "C", "batch"),
    ("refund", "C", "pos"),
    ("ach_debit", "D", "batch"),
    ("cash_deposit", "C", "branch"),
    ("cash_withdrawal", "D", "branch"),
]


def random_bank(new_bank: Any) -> tuple[Any, Acts]:
    """Customers who come often, seldom, or after long pauses, through three channels."""
    chance = random.Random(11)  # noqa: S311  (rows for a test)
    bank, acts = new_bank(), set()
    for number in range(40):
        name = f"c{number:02}"
        onboarded = FIRST + timedelta(days=chance.choice([-900, 0, 30, 90]) if number else -900)
        party_type = chance.choice(["individual", "business"])
        bank.customer(name, party_type=party_type, onboarded_date=onboarded, **holdings(bank, name, number))
        day = max(onboarded, FIRST) + timedelta(days=chance.randrange(20))
        while day < FIRST + timedelta(days=DAYS):
            if day not in SILENT:
                acts.add((name, act(bank, chance, name, day), day))
            day += timedelta(days=chance.choice([0, 1, 1, 2, 6, 7, 8, 27, 28, 29, 30, 31, 56, 60]))
        acts |= money(bank, chance, name, max(onboarded, FIRST))
    for day in (FIRST, FIRST + timedelta(days=DAYS - 1)):
        bank.pay("c00", day)
        acts.add(("c00", "pos", day))
    for row in bank.tables["transactions"]:
        row["ingested_at"] = row["event_ts"]  # what no day of activity may lie far behind
    return bank, acts


def act(bank: Any, chance: random.Random, name: str, day: date) -> str:
    channel = chance.choice(CHANNELS)
    if channel == "mobile":
        bank.log_in(name, day)
    elif channel == "web":
        bank.use(name, day)
    else:
        bank.pay(name, day, Decimal(chance.randrange(1, 99999)) / 100)
    return channel


def holdings(bank: Any, name: str, number: int) -> Row:
    """More accounts of a third of the customers; what becomes of the first one."""
    if number % 3 == 1:
        bank.account(f"loan-{name}", name, product_type="mortgage", opened_date=FIRST + timedelta(days=20))
        return {"status": "closed", "closed_date": FIRST + timedelta(days=59)}
    if number % 3 == 2:
        for order, product in enumerate(("savings", "checking", "term_deposit")):
            opened = FIRST + timedelta(days=30 * order)
            bank.account(f"{product}-{name}", name, product_type=product, opened_date=opened)
    return {}


def money(bank: Any, chance: random.Random, name: str, since: date) -> Acts:
    """Money in and out, of which only what is brought to a branch is an act."""
    acts = set()
    for _ in range(8):
        day = since + timedelta(days=chance.randrange((FIRST - since).days + DAYS))
        kind, direction, channel = chance.choice(MONEY)
        if day not in SILENT:
            facts = {"txn_type": kind, "direction": direction, "channel": channel}
            bank.pay(name, day, Decimal(chance.randrange(1, 500000)) / 100, **facts)
            acts |= {(name, channel, day)} if channel == "branch" else set()
    return acts
