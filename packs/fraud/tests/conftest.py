"""Banks with crafted payments and log-ins, on which the pack is built once for many tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.testing import composed_projects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fintech_accelerator.testing import ComposedProject

Row = dict[str, Any]
NOON = datetime(2026, 5, 20, 16, tzinfo=UTC).replace(tzinfo=None)  # 12:00 in New York, a Wednesday
PAYMENT: Row = {
    "direction": "D",
    "currency": "USD",
    "txn_type": "purchase",
    "status": "posted",
    "channel": "pos",
    "original_transaction_id": None,
    "merchant_id": None,
    "mcc": None,
    "merchant_country": None,
    "card_token": None,
    "card_present_flag": None,
    "counterparty_account_hash": None,
    "counterparty_country": None,
    "device_id": None,
}
LOGIN: Row = {
    "event_type": "login",
    "outcome": "success",
    "failure_reason": None,
    "mfa_result": None,
    "channel": "web",
    "username_hash": None,
    "device_id": None,
    "user_agent_hash": None,
    "ip_prefix": None,
    "asn": None,
    "ip_country": None,
    "is_vpn_proxy": 0,
    "is_hosting_asn": 0,
}


class Scenarios:
    """Rows of a bank. Each scenario has a customer and an account of its own: none disturbs another."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {
            "customers": [],
            "accounts": [],
            "transactions": [],
            "login_activity": [],
            "fraud_labels": [],
        }

    def customer(self, name: str) -> None:
        """A customer of the United States with one account."""
        if any(row["customer_id"] == f"c-{name}" for row in self.tables["customers"]):
            return
        self.tables["customers"].append({"customer_id": f"c-{name}", "residency_country": "US"})
        account = {"account_id": f"a-{name}", "primary_customer_id": f"c-{name}", "product_type": "checking"}
        self.tables["accounts"].append({**account, "currency": "USD"})

    def pay(self, name: str, amount: float, *, after: float = 0.0, at: datetime = NOON, **facts: Any) -> str:
        """A payment so many seconds after a moment; returns its transaction_id."""
        self.customer(name)
        number = 1 + sum(row["account_id"] == f"a-{name}" for row in self.tables["transactions"])
        keys = {
            "transaction_id": f"{name}-{number:03}",
            "account_id": f"a-{name}",
            "customer_id": f"c-{name}",
        }
        moment = {"event_ts": at + timedelta(seconds=after), "amount": amount}
        self.tables["transactions"].append({**PAYMENT, **keys, **moment, **facts})
        return keys["transaction_id"]

    def habit(self, name: str, amount: float, *, count: int = 12, months_ago: int = 1) -> None:
        """Payments at noon of one day each in a month before, from which a baseline follows."""
        first = NOON.replace(month=NOON.month - months_ago, day=1)
        for day in range(count):
            self.pay(name, amount, at=first + timedelta(days=day))

    def log_in(self, name: str, *, after: float = 0.0, known: bool = True, **facts: Any) -> str:
        """A log-in so many seconds after noon; returns its login_id."""
        if known:
            self.customer(name)
        login_id = f"login-{len(self.tables['login_activity']) + 1:05}"
        row = {
            "login_id": login_id,
            "customer_id": f"c-{name}" if known else None,
            "username_hash": f"u-{name}",
        }
        moment = {"event_ts": NOON + timedelta(seconds=after)}
        self.tables["login_activity"].append({**LOGIN, **row, **moment, **facts})
        return login_id


@pytest.fixture(scope="session")
def new_bank() -> type[Scenarios]:
    """A bank without rows."""
    return Scenarios


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ComposedProject]]:
    """Builds the pack on a bank's rows."""
    with composed_projects(partial(tmp_path_factory.mktemp, "bank"), ["fraud"]) as build:
        yield build
