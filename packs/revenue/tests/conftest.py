"""Banks with crafted payments, fees and interest, on which the pack is built for many tests at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.testing import composed_projects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fintech_accelerator.testing import ComposedProject

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

JANUARY, FEBRUARY, MARCH = date(2026, 1, 20), date(2026, 2, 10), date(2026, 3, 5)
FEE = {"txn_type": "fee", "fee_code": "OD", "channel": "system", "network": None, "merchant_country": None}
BACK = {**FEE, "txn_type": "fee_reversal", "direction": "C", "fee_code": None}
INTEREST = {**FEE, "txn_type": "interest_charged", "fee_code": None}
PAID = {**INTEREST, "txn_type": "interest_paid", "direction": "C"}
SCHEDULE = {"effective_to": None, "fee_rate": None}
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

    def card(self, token: str, network: str, **facts: Any) -> None:
        """A card of the account `card`."""
        keys = {"card_token": token, "account_id": "a-card", "network": network}
        self.tables.setdefault("cards", []).append({**keys, **facts})

    def rate(self, rate_id: str, share: float, **criteria: Any) -> None:
        """A rate of the bank's own card."""
        rates = self.tables.setdefault("interchange_rates", [])
        rates.append({**RATE, "rate_id": rate_id, "pct_rate": share, **criteria})


def fees(bank: Any) -> None:
    bank.account("fees", product_code="everyday", legal_entity_id="north")
    bank.post("fees", "waived later", 35, JANUARY, **FEE)
    bank.back("fees", "waiver", 35, FEBRUARY, "waived later", **{**BACK, "fee_waived_flag": 1})
    bank.post("fees", "part back", 35, JANUARY, **FEE)
    bank.back("fees", "part", 10, FEBRUARY, "part back", **BACK)
    bank.post("fees", "waived at once", 12, JANUARY, **{**FEE, "fee_code": "PAPER", "fee_waived_flag": 1})
    bank.post("fees", "no schedule", 5, JANUARY, **{**FEE, "fee_code": "NEW"})
    bank.back("fees", "nobody's", 7, MARCH, "never seen", **BACK)
    bank.post("fees", "wrong", 35, JANUARY, **FEE)
    bank.back("fees", "undone", 35, FEBRUARY, "wrong", **{**BACK, "txn_type": "reversal"})
    undo = {**BACK, "txn_type": "reversal", "direction": "D"}
    bank.back("fees", "undone again", 35, MARCH, "undone", **undo)
    bank.account("more fees", product_code="everyday", legal_entity_id="north")
    bank.post("more fees", "another's", 40, MARCH, **FEE)
    schedule = bank.tables.setdefault("fee_schedule", [])
    for code, product, line, amount, begins in (
        ("OD", "ALL", "penalty_fee", 30, date(2020, 1, 1)),
        ("OD", "everyday", "overdraft_fee", 34, date(2020, 1, 1)),
        ("OD", "everyday", "overdraft_fee", 35, date(2026, 1, 1)),
        ("OD", "everyday", "account_fee", 40, date(2026, 2, 1)),
        ("PAPER", "ALL", "account_fee", 12, date(2020, 1, 1)),
    ):
        keys = {"fee_code": code, "product_code": product, "effective_from": begins}
        schedule.append({**keys, "fee_line": line, "fee_amount": amount, **SCHEDULE})


def interest(bank: Any) -> None:
    bank.account("loan", "mortgage", legal_entity_id="north")
    bank.post("loan", "charged", 500, JANUARY, **INTEREST)
    bank.back("loan", "charge undone", 500, FEBRUARY, "charged", **{**INTEREST, "txn_type": "reversal"})
    bank.post("loan", "charged too much", 20, MARCH, **{**INTEREST, "direction": "C"})
    bank.account("saver", "savings", legal_entity_id="south")
    bank.post("saver", "paid", 8.25, JANUARY, **PAID)


def foreign(bank: Any) -> None:
    bank.account("euro", currency="EUR", legal_entity_id="south")
    euro = {"currency": "EUR"}
    bank.post("euro", "euro fee", 100, JANUARY, **FEE, **euro)
    bank.back("euro", "euro undone", 100, FEBRUARY, "euro fee", **{**BACK, **euro, "txn_type": "reversal"})
    bank.post("euro", "euro fee two", 100, JANUARY, **FEE, **euro)
    bank.back("euro", "euro given back", 100, FEBRUARY, "euro fee two", **BACK, **euro)
    bank.post("euro", "krona fee", 100, JANUARY, **FEE, currency="SEK")
    bank.post("euro", "krona purchase", 100, JANUARY, currency="SEK")
    for on, rate in ((JANUARY, 1.10), (FEBRUARY, 1.20)):
        row = {"rate_date": on, "from_currency": "EUR", "to_currency": "USD", "rate": rate}
        bank.tables.setdefault("fx_rates", []).append(row)


def cards(bank: Any) -> None:
    bank.rate("any", 0.01, fixed_fee=0.10, network="visa")
    bank.account("card", "credit_card", legal_entity_id="north")
    bank.post("card", "bought", 100, JANUARY, scheme_fee_amount=0.05, posted_date=FEBRUARY)
    bank.back("card", "taken back", 100, FEBRUARY, "bought", txn_type="reversal")
    bank.post("card", "blended", 50, JANUARY, network="amex")
    bank.post("card", "cash", 200, JANUARY, txn_type="cash_withdrawal")


def balances(bank: Any) -> None:
    days = [JANUARY.replace(day=1) + timedelta(days=number) for number in range(31)]
    rows = bank.tables.setdefault("balances_daily", [])
    for account, amount in (("loan", 100_000), ("saver", 6_200)):
        for on in days if account == "loan" else [*days[:10], FEBRUARY, FEBRUARY + timedelta(days=1)]:
            keys = {"account_id": f"a-{account}", "balance_date": on, "currency": None}
            rows.append({**keys, "balance_eod": amount})
    rows.append(
        {
            "account_id": "a-euro",
            "balance_date": JANUARY - timedelta(days=5),
            "currency": "EUR",
            "balance_eod": 9,
        }
    )


@pytest.fixture(scope="session")
def new_bank() -> type[Bank]:
    """A bank without rows."""
    return Bank


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ComposedProject]]:
    """Builds the pack on a bank's rows and dated parameters."""
    with composed_projects(partial(tmp_path_factory.mktemp, "bank"), ["revenue"]) as build:

        def make(
            tables: dict[str, list[Row]], *, dated: tuple[tuple[str, int, date], ...] = (), **options: Any
        ) -> ComposedProject:
            values = "".join(DATED.format(*each) for each in dated)
            return build(tables, files={"parameters.toml": values}, **options)

        yield make


@pytest.fixture(scope="session")
def busy_bank(build: Callable[..., ComposedProject]) -> ComposedProject:
    """A bank with all streams of revenue, built once; tests only read it."""
    bank = Bank()
    for scenario in (fees, interest, foreign, cards, balances):
        scenario(bank)
    return build(bank.tables)
