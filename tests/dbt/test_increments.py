"""What an incremental build gives is what a build from nothing gives, whatever a batch brings."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = dict[str, list[dict[str, Any]]]
START = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)
RELATIONS = (
    "probe.probe__ranks",
    "core.transactions",
    "core.login_activity",
    "core.balances_daily",
    "core.digital_events",
    "core.accounts",
    "core.accounts_history",
    "core.customers",
    "core.customers_history",
    "core.exchange_rates",
    "probe.probe__windows",
    "probe.probe__labelled_days",
)
BUILT = [
    *("transactions", "login_activity", "balances_daily", "digital_events", "accounts", "customers"),
    *("accounts_history", "customers_history", "fx_rates", "exchange_rates", "fraud_labels"),
    *("changed_parties", "related_days", "days_to_build", "package:probe"),
]
MODELS = {path.stem: path.read_text() for path in (Path(__file__).parent / "probe_models").glob("*.sql")}


def transaction(number: int, **changes: Any) -> dict[str, Any]:
    chance = random.Random(number)  # noqa: S311  (test data)
    return {
        "transaction_id": f"t{number}",
        "account_id": f"a{chance.randrange(8)}",
        "customer_id": chance.choice((None, None, f"c{chance.randrange(6)}")),
        "event_ts": START + timedelta(minutes=chance.randrange(60 * 24 * 60)),
        "amount": Decimal(chance.randrange(100000)) / 100,
        "direction": chance.choice("DC"),
        "currency": chance.choice(("USD", "USD", "EUR", "GBP")),
        "txn_type": chance.choice(("purchase", "fee", "cash_deposit", None)),
        "status": "posted",
        "channel": chance.choice(("pos", "batch", None)),
        **changes,
    }


def login(number: int, **changes: Any) -> dict[str, Any]:
    chance = random.Random(-number)  # noqa: S311  (test data)
    moment = START + timedelta(minutes=chance.randrange(60 * 24 * 60))
    return {"login_id": f"l{number}", "customer_id": f"c{chance.randrange(6)}", "event_ts": moment, **changes}


def account(number: int, **changes: Any) -> dict[str, Any]:
    holder = {"primary_customer_id": f"c{number % 6}", "product_type": "checking", "currency": "USD"}
    return {"account_id": f"a{number}", **holder, "current_balance": Decimal(10), **changes}


def customer(number: int, **changes: Any) -> dict[str, Any]:
    return {"customer_id": f"c{number}", "residency_country": "US", "is_test": 0, **changes}


def rate(day: date, currency: str, value: str) -> dict[str, Any]:
    pair = {"from_currency": currency, "to_currency": "USD"}
    return {"rate_date": day, **pair, "rate": Decimal(value), "rate_type": "mid"}


FIRST: ROWS = {
    "customers": [customer(number) for number in range(6)],
    "accounts": [account(number) for number in range(7)],
    "transactions": [transaction(number) for number in range(300)],
    "login_activity": [login(number) for number in range(60)],
    "digital_events": [
        {
            "event_id": f"d{n}",
            "customer_id": "c1",
            "event_ts": START + timedelta(hours=n),
            "event_name": "view",
        }
        for n in range(30)
    ],
    "balances_daily": [
        {
            "account_id": f"a{n}",
            "balance_date": START.date() + timedelta(days=d),
            "balance_eod": Decimal(n * d),
        }
        for n in range(3)
        for d in range(20)
    ],
    "fraud_labels": [
        {"label_id": "f1", "transaction_id": "t1", "label": "fraud_confirmed", "label_known_at": START}
    ],
    "fx_rates": [rate(START.date() + timedelta(days=d), "EUR", f"1.{10 + d}") for d in range(0, 40, 5)],
}
BATCHES: dict[str, ROWS] = {
    "new rows": {
        "transactions": [transaction(number) for number in range(300, 320)],
        "balances_daily": [{"account_id": "a1", "balance_date": START.date(), "balance_eod": Decimal(5)}],
    },
    "late rows": {
        "transactions": [transaction(320, event_ts=START - timedelta(days=40))],
        "login_activity": [login(60, event_ts=START - timedelta(days=40))],
    },
    "corrected, cancelled and twice corrected rows": {
        "transactions": [
            transaction(3, amount=Decimal(77)),
            transaction(9, status="reversed"),
            transaction(10, amount=Decimal(1)),
            transaction(10, amount=Decimal(2)),
        ]
    },
    "rows moved to another day": {
        "transactions": [transaction(5, event_ts=START + timedelta(days=90)), transaction(6, event_ts=START)]
    },
    "rows moved to another account and customer": {
        "transactions": [transaction(7, account_id="a0", customer_id=None), transaction(8, customer_id="c5")]
    },
    "days that lose all their rows": {
        "transactions": [transaction(320, event_ts=START - timedelta(days=10))],
        "login_activity": [login(number, event_ts=START + timedelta(days=70)) for number in range(60)],
    },
    "a row dated a year ahead": {"transactions": [transaction(321, event_ts=START + timedelta(days=365))]},
    "new rows after that": {
        "transactions": [transaction(number) for number in range(322, 330)],
        "login_activity": [login(61), login(3, outcome="failure")],
        "digital_events": [
            {
                "event_id": "d1",
                "customer_id": "c2",
                "event_ts": START + timedelta(days=9),
                "event_name": "view",
            }
        ],
    },
    "an account with another primary holder": {"accounts": [account(1, primary_customer_id="c4")]},
    "an internal account and another product": {
        "accounts": [account(2, is_internal=1), account(3, product_type="savings")]
    },
    "an account that was not known": {"accounts": [account(7, product_type="savings")]},
    "a test customer": {"customers": [customer(3, is_test=1)]},
    "a customer who moved": {"customers": [customer(1, residency_country="CA")]},
    "rates for old days": {
        "fx_rates": [
            rate(START.date() + timedelta(days=12), "EUR", "1.99"),
            rate(START.date() + timedelta(days=5), "EUR", "3.00"),
        ]
    },
    "the first rates of a currency": {
        "fx_rates": [
            {**rate(START.date(), "USD", "0.75"), "to_currency": "GBP"},
            {**rate(START.date() + timedelta(days=3), "USD", "0.80"), "to_currency": "GBP"},
        ]
    },
    "labels": {
        "fraud_labels": [
            {"label_id": "f2", "transaction_id": "t20", "label": "fraud_confirmed", "label_known_at": START},
            {"label_id": "f1", "transaction_id": "t21", "label": "fraud_confirmed", "label_known_at": START},
        ]
    },
    "nothing": {},
}


@pytest.fixture(scope="module")
def bank(new_bank: Callable[..., Any]) -> Any:
    mapped = {table: sorted({name for row in rows for name in row}) for table, rows in FIRST.items()}
    made = new_bank(MODELS, mapped=mapped)
    return made.load(FIRST).build()


@pytest.mark.parametrize("batch", BATCHES)
def test_an_increment_equals_a_build_from_nothing(bank: Any, tmp_path: Path, batch: str) -> None:
    bank.load(BATCHES[batch]).build(*BUILT)

    differences = bank.differences(bank.from_nothing(tmp_path / "again", *BUILT), *RELATIONS)

    assert differences == dict.fromkeys(RELATIONS, 0)
    assert bank.rows("select count(*) from core.transactions")[0][0] >= 300


def touched(bank: Any, table: str) -> list[date]:
    query = (
        "select event_date_local from core.days_to_build where pack = 'probe' and table_name = ? order by 1"
    )
    return [day for (day,) in bank.rows(query, table)]


def test_a_row_touches_the_days_of_all_its_versions_and_no_other(bank: Any) -> None:
    moved = transaction(40, event_ts=START + timedelta(days=200, hours=12))
    bank.load({"transactions": [moved]}).build(*BUILT)

    before = transaction(40)["event_ts"] - timedelta(hours=5)
    assert touched(bank, "transactions") == [before.date(), date(2026, 9, 17)]
    assert touched(bank, "login_activity") == []


def test_an_account_whose_balance_alone_changed_touches_no_day(bank: Any) -> None:
    bank.load(
        {"accounts": [account(0, current_balance=Decimal(12)), account(4, current_balance=Decimal(12))]}
    )

    bank.build(*BUILT)

    assert touched(bank, "transactions") == []


def test_a_pack_that_missed_a_batch_catches_up_on_it(bank: Any) -> None:
    bank.load({"transactions": [transaction(400, event_ts=START + timedelta(days=30, hours=12))]}).build(
        *BUILT
    )
    bank.load({"transactions": [transaction(401, event_ts=START + timedelta(days=31, hours=12))]})
    bank.through["probe"] -= 1

    bank.build(*BUILT)

    assert touched(bank, "transactions") == [date(2026, 3, 31), date(2026, 4, 1)]
    core = (
        "select event_date_local from core.days_to_build where pack = 'core' and table_name = 'transactions'"
    )
    assert bank.rows(core) == [(date(2026, 4, 1),)]


def test_a_pack_that_has_built_nothing_is_touched_on_every_day(bank: Any) -> None:
    bank.through["probe"] = 0

    bank.load({}).build(*BUILT)

    days = {day for (day,) in bank.rows("select distinct event_date_local from core.transactions")}
    assert days <= set(touched(bank, "transactions"))
