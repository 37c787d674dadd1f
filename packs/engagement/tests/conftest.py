"""Banks with crafted activity, on which the pack is built once for many tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from fintech_accelerator.testing import composed_projects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fintech_accelerator.testing import ComposedProject

Row = dict[str, Any]
NEW_YORK = ZoneInfo("America/New_York")
TRANSACTION: Row = {
    "direction": "D",
    "currency": "USD",
    "txn_type": "purchase",
    "status": "posted",
    "channel": "pos",
    "original_transaction_id": None,
    "counterparty_account_hash": None,
}
LOGIN: Row = {
    "event_type": "login",
    "outcome": "success",
    "channel": "mobile",
    "is_hosting_asn": 0,
    "session_seconds": None,
}


def utc(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """A moment of the wall clock in New York, as the bank's files have it."""
    local = datetime.combine(day, time(hour, minute), tzinfo=NEW_YORK)
    return local.astimezone(UTC).replace(tzinfo=None)


class Bank:
    """Rows of a bank. Each customer has an account of its own: none disturbs another."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {
            "customers": [],
            "accounts": [],
            "account_holders": [],
            "transactions": [],
            "login_activity": [],
            "digital_events": [],
            "balances_daily": [],
        }

    def customer(self, name: str, **facts: Any) -> None:
        """A customer since 2020 with one checking account; facts change both rows."""
        if any(row["customer_id"] == name for row in self.tables["customers"]):
            return
        party = {
            "customer_id": name,
            "party_type": facts.pop("party_type", "individual"),
            "onboarded_date": facts.pop("onboarded_date", date(2020, 1, 15)),
            "relationship_end_date": facts.pop("relationship_end_date", None),
            "is_test": facts.pop("is_test", 0),
        }
        self.tables["customers"].append(party)
        self.account(f"a-{name}", name, **facts)

    def account(self, account_id: str, owner: str, **facts: Any) -> None:
        """An open checking account in dollars unless the facts say otherwise."""
        account = {"account_id": account_id, "primary_customer_id": owner, "product_type": "checking"}
        usual = {"currency": "USD", "status": "open", "opened_date": date(2020, 1, 15), "closed_date": None}
        self.tables["accounts"].append({**account, **usual, **facts})

    def pay(
        self, name: str, day: date, amount: float = 10, *, at: datetime | None = None, **facts: Any
    ) -> str:
        """A transaction at noon of a day; returns its transaction_id."""
        self.customer(name)
        transaction_id = f"t{len(self.tables['transactions']) + 1:05}"
        keys = {"transaction_id": transaction_id, "account_id": f"a-{name}", "customer_id": None}
        moment = {"event_ts": at or utc(day), "amount": amount}
        self.tables["transactions"].append({**keys, **moment, **TRANSACTION, **facts})
        return transaction_id

    def log_in(self, name: str, day: date, **facts: Any) -> None:
        """A successful log-in at noon of a day."""
        self.customer(name)
        keys = {"login_id": f"l{len(self.tables['login_activity']) + 1:05}", "customer_id": name}
        self.tables["login_activity"].append({**keys, "event_ts": utc(day), **LOGIN, **facts})

    def use(self, name: str, day: date, **facts: Any) -> None:
        """A digital event at noon of a day."""
        self.customer(name)
        keys = {"event_id": f"e{len(self.tables['digital_events']) + 1:05}", "customer_id": name}
        event = {"event_ts": utc(day), "event_name": "page", "channel": "web"}
        self.tables["digital_events"].append({**keys, **event, **facts})

    def balance(self, name: str, day: date, amount: float) -> None:
        """The balance at the end of a day."""
        self.customer(name)
        row = {"account_id": f"a-{name}", "balance_date": day, "balance_eod": amount}
        self.tables["balances_daily"].append({**row, "currency": "USD"})

    def hold(self, account_id: str, name: str, role: str, *, until: date | None = None) -> None:
        """Somebody who holds an account beside its primary holder, perhaps until the end of a day."""
        row = {"account_id": account_id, "customer_id": name, "role": role, "valid_to": until}
        self.tables["account_holders"].append(row)


@pytest.fixture(scope="session")
def new_bank() -> type[Bank]:
    """A bank without rows."""
    return Bank


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ComposedProject]]:
    """Builds the pack on a bank's rows; tables without rows are not mapped."""
    with composed_projects(partial(tmp_path_factory.mktemp, "bank"), ["engagement"]) as build:
        yield lambda tables, **options: build(
            {name: rows for name, rows in tables.items() if rows}, **options
        )


@pytest.fixture(scope="session")
def wall_clock() -> Callable[..., datetime]:
    """A moment of the wall clock in New York, as UTC."""
    return utc
