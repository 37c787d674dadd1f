"""Banks with crafted customers, on which the pack is built once for many tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.testing import composed_projects

from .made_moves import moving_bank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fintech_accelerator.testing import ComposedProject

Row = dict[str, Any]
PAYMENT: Row = {
    "direction": "D",
    "currency": "USD",
    "txn_type": "purchase",
    "status": "posted",
    "channel": "pos",
    "mcc": None,
    "merchant_country": None,
}


def noon(day: date) -> datetime:
    """12:00 or 11:00 in New York as UTC."""
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC).replace(tzinfo=None)


class Scenarios:
    """Rows of a bank. Each scenario has a customer and an account of its own: none disturbs another."""

    first = date(2025, 1, 1)
    last = date(2026, 5, 31)  # of a whole month, whose snapshot the scenarios are about
    long_ago = date(2020, 1, 1)

    def __init__(self) -> None:
        names = ("customers", "accounts", "transactions", "account_holders", "login_activity")
        self.tables: dict[str, list[Row]] = {name: [] for name in (*names, "balances_daily", "credit_scores")}

    @classmethod
    def ago(cls, days: int) -> date:
        """So many days before the last snapshot."""
        return cls.last - timedelta(days=days)

    def customer(self, name: str, *, since: date = long_ago, **facts: Any) -> None:
        """A customer of the United States."""
        row = {"customer_id": name, "onboarded_date": since, "relationship_end_date": None}
        more = {"residency_country": "US", "is_test": 0, "erased_at": None}
        self.tables["customers"].append({**row, **more, **facts})

    def account(self, name: str, *, of: str | None = None, since: date = long_ago, **facts: Any) -> None:
        """A checking account of the customer of the same name, or of another."""
        row = {"account_id": name, "primary_customer_id": of or name, "product_type": "checking"}
        dates = {"opened_date": since, "closed_date": None, "credit_limit": None, "currency": "USD"}
        self.tables["accounts"].append({**row, **dates, **facts})

    def holder(self, name: str, *, since: date = long_ago, **facts: Any) -> None:
        """A customer with an account."""
        self.customer(name, since=since, **facts)
        self.account(name, since=since)

    def act(
        self, name: str, day: date, amount: float = 10.0, *, account: str | None = None, **facts: Any
    ) -> None:
        """A transaction of a customer at noon."""
        number = len(self.tables["transactions"])
        keys = {"transaction_id": f"t{number:06}", "account_id": account or name, "customer_id": name}
        self.tables["transactions"].append(
            {**PAYMENT, **keys, "event_ts": noon(day), "amount": amount, **facts}
        )

    def acts(self, name: str, count: int, *, ago: int, amount: float = 10.0, **facts: Any) -> None:
        """So many transactions on one day before the last snapshot."""
        for _ in range(count):
            self.act(name, self.ago(ago), amount, **facts)

    def log_in(self, name: str, day: date, outcome: str = "success") -> None:
        """A log-in at noon."""
        number = len(self.tables["login_activity"])
        row = {"login_id": f"l{number:05}", "customer_id": name, "event_ts": noon(day), "outcome": outcome}
        self.tables["login_activity"].append({**row, "event_type": "login", "channel": "mobile"})

    def balance(self, account: str, day: date, amount: float, currency: str = "USD") -> None:
        """An account's balance at a day's end."""
        row = {"account_id": account, "balance_date": day, "balance_eod": amount, "currency": currency}
        self.tables["balances_daily"].append(row)

    def score(self, name: str, day: date, value: float, *, known: date, model: str = "FICO8") -> None:
        """A credit score of a day, known to the bank on another."""
        number = len(self.tables["credit_scores"])
        row = {"score_id": f"s{number}", "customer_id": name, "score_model": model, "score_value": value}
        self.tables["credit_scores"].append({**row, "score_date": day, "ingested_at": noon(known)})


@pytest.fixture(scope="session")
def new_bank() -> type[Scenarios]:
    """A bank without rows."""
    return Scenarios


@pytest.fixture(scope="session")
def moving(new_bank: type[Scenarios]) -> Scenarios:
    """The bank of the tests about moves, offers, clusters and values."""
    bank: Scenarios = moving_bank(new_bank)
    return bank


@pytest.fixture(scope="session")
def moved(build: Callable[..., ComposedProject], moving: Scenarios) -> ComposedProject:
    """The pack on that bank, built once for all who only read."""
    rows = {name: given for name, given in moving.tables.items() if given}
    return build(rows, parameters={"segmentation": {"minimum_pair_count": 10}})


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ComposedProject]]:
    """Builds the pack on a bank's rows."""
    with composed_projects(partial(tmp_path_factory.mktemp, "bank"), ["segmentation"]) as build:
        yield build
