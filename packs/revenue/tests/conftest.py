"""Banks with crafted payments, fees and interest, on which the pack is built for many tests at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.testing import ComposedProject, composed_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Row = dict[str, Any]
TRANSACTION: Row = {
    "direction": "D",
    "currency": "USD",
    "txn_type": "purchase",
    "status": "posted",
    "posted_date": None,
    "original_transaction_id": None,
    "channel": "pos",
    "mcc": None,
    "merchant_country": "US",
    "network": "visa",
    "card_product": None,
    "funding_type": None,
    "interchange_amount": None,
    "scheme_fee_amount": None,
    "fee_code": None,
    "fee_waived_flag": None,
}
RATE: Row = {
    **dict.fromkeys(("network", "region", "funding_type", "card_product", "regulated_flag")),
    **dict.fromkeys(("card_present_flag", "mcc_from", "mcc_to", "ticket_min", "ticket_max")),
    **dict.fromkeys(("fee_cap", "fee_floor", "effective_to")),
    "fixed_fee": 0,
    "priority": 10,
    "effective_from": date(2020, 1, 1),
    "source_document": "the network's table",
}

DATED = """
[[values]]
pack = "revenue"
name = "{}"
value = "{}"
from = {}
approved_by = "the controller"
author = "an analyst"
recorded_at = 2026-01-01T00:00:00
"""


class Bank:
    """Rows of a bank. The account says which case a transaction belongs to."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {"customers": [], "accounts": [], "transactions": []}

    def account(self, name: str, product: str = "checking", currency: str = "USD", **facts: Any) -> None:
        """A customer with one account."""
        self.tables["customers"].append({"customer_id": f"c-{name}"})
        keys = {"account_id": f"a-{name}", "primary_customer_id": f"c-{name}", "product_type": product}
        self.tables["accounts"].append({**keys, "currency": currency, **facts})

    def post(self, account: str, key: str, amount: float, on: date, **facts: Any) -> str:
        """A transaction at noon in New York on a day; returns its transaction_id."""
        if not any(row["account_id"] == f"a-{account}" for row in self.tables["accounts"]):
            self.account(account)
        moment = datetime(on.year, on.month, on.day, 17, tzinfo=UTC).replace(tzinfo=None)
        keys = {"transaction_id": key, "account_id": f"a-{account}", "event_ts": moment, "amount": amount}
        self.tables["transactions"].append({**TRANSACTION, **keys, **facts})
        return key

    def back(self, account: str, key: str, amount: float, on: date, of: str, **facts: Any) -> str:
        """Money back to the customer that goes back to another transaction."""
        link = {"direction": "C", "txn_type": "refund", "original_transaction_id": of}
        return self.post(account, key, amount, on, **{**link, **facts})

    def rate(self, rate_id: str, share: float, **criteria: Any) -> None:
        """A rate of the bank's own card."""
        rates = self.tables.setdefault("interchange_rates", [])
        rates.append({**RATE, "rate_id": rate_id, "pct_rate": share, **criteria})


@pytest.fixture(scope="session")
def new_bank() -> type[Bank]:
    """A bank without rows."""
    return Bank


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ComposedProject]]:
    """Builds the pack on a bank's rows."""
    built: list[ComposedProject] = []

    def make(
        tables: dict[str, list[Row]], *, dated: tuple[tuple[str, int, date], ...] = (), **options: Any
    ) -> ComposedProject:
        folder = tmp_path_factory.mktemp("bank")
        (folder / "parameters.toml").write_text("".join(DATED.format(*each) for each in dated))
        project = composed_project(folder, ["revenue"], tables, **options)
        built.append(project)
        return project

    yield make
    for project in built:
        project.close()


@pytest.fixture(scope="session")
def amounts() -> Callable[..., dict[str, Decimal | None]]:
    """A column of a mart by the key of its rows."""

    def read(project: ComposedProject, mart: str, key: str, value: str) -> dict[str, Decimal | None]:
        return {row[key]: row[value] for row in project.rows(f"revenue.revenue__{mart}")}

    return read
