"""The customers who pay by chance, and some whose coming, staying and leaving is told by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from .made_payments import FIRST, LAST, random_bank

if TYPE_CHECKING:
    from collections.abc import Iterable

NEWCOMERS = {
    "stays": ("web", date(2025, 7, 3), [(2025, 7), (2025, 8), (2025, 10)]),
    "leaves": ("branch", date(2025, 7, 20), [(2025, 7)]),
    "silent": (None, date(2025, 7, 31), []),
}


def moving_bank(new_bank: Any) -> Any:
    bank = random_bank(new_bank)
    for name, (channel, since, months) in NEWCOMERS.items():
        bank.holder(name, since=since, onboarding_channel=channel)
        act_in(bank, name, months)
    bank.tables["customers"][-2]["relationship_end_date"] = date(2025, 9, 1)
    bank.holder("before-the-data", since=FIRST - timedelta(days=1), onboarding_channel="web")
    bank.act("before-the-data", FIRST)
    bank.holder("sleeps-a-year", since=FIRST - timedelta(days=900))
    bank.act("sleeps-a-year", FIRST)
    bank.act("sleeps-a-year", LAST)
    return bank


def act_in(bank: Any, name: str, months: Iterable[tuple[int, int]]) -> None:
    """An act at the end of each month."""
    for year, month in months:
        bank.act(name, date(year, month, 28) + timedelta(days=3 if name == "stays" else 0))
