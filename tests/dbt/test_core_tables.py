"""What the core makes of raw rows: newest versions, defaults, derived facts, histories."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from fintech_accelerator.contract import load_contract

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC).replace(tzinfo=None)  # a Friday


def paid(name: str, **facts: Any) -> dict[str, Any]:
    common = {
        "account_id": "held",
        "event_ts": NOON,
        "amount": Decimal(100),
        "direction": "D",
        "currency": "USD",
    }
    return {"transaction_id": name, **common, **facts}


def known(at: datetime, **facts: Any) -> dict[str, Any]:
    return {"account_id": "held", "product_type": "checking", "currency": "USD", "ingested_at": at, **facts}


FIRST: dict[str, list[dict[str, Any]]] = {
    "customers": [{"customer_id": "ann"}, {"customer_id": "test", "is_test": 1}],
    "accounts": [
        known(NOON - timedelta(days=9), primary_customer_id="ann", interest_rate=Decimal("0.01")),
        {**known(NOON), "account_id": "own", "primary_customer_id": "ann", "is_internal": 1},
        {**known(NOON), "account_id": "tried", "primary_customer_id": "test"},
    ],
    "fx_rates": [
        {
            "rate_date": date(2026, 3, 2),
            "from_currency": "EUR",
            "to_currency": "USD",
            "rate": Decimal("1.25"),
        },
        {"rate_date": date(2026, 3, 2), "from_currency": "USD", "to_currency": "EUR", "rate": Decimal("0.5")},
        {
            "rate_date": date(2026, 3, 2),
            "from_currency": "USD",
            "to_currency": "GBP",
            "rate": Decimal("0.75"),
        },
    ],
    "login_activity": [
        {"login_id": "first", "customer_id": "test", "event_ts": NOON},
        {"login_id": "second", "customer_id": None, "event_ts": NOON, "event_type": "logout"},
    ],
    "transactions": [
        paid("plain"),
        paid("joint", customer_id="bob"),
        paid("corrected", amount=Decimal(1)),
        paid("corrected", amount=Decimal(2)),
        paid("night", event_ts=NOON.replace(hour=3)),
        paid("saturday", event_ts=NOON + timedelta(days=1)),
        paid(
            "holiday", event_ts=datetime(2026, 7, 3, 23, tzinfo=UTC).replace(tzinfo=None) + timedelta(days=1)
        ),
        paid("euro", currency="EUR", amount=Decimal("10.01")),
        paid("pound", currency="GBP", amount=Decimal(3)),
        paid("week", currency="EUR", event_ts=NOON + timedelta(days=3)),
        paid("too late", currency="EUR", event_ts=NOON + timedelta(days=4)),
        paid("yen", currency="JPY"),
        paid("internal", account_id="own"),
        paid("tried", account_id="tried"),
        paid("by a test customer", customer_id="test"),
        paid("orphan", account_id="unknown"),
        paid("purchase", txn_type="purchase", channel="pos"),
        paid("standing order", txn_type="transfer_out", channel="batch"),
        paid("fee", txn_type="fee"),
        paid("cash", txn_type="cash_deposit"),
        paid("mapped flags", txn_type="fee", customer_initiated_flag=1, is_cash=1),
        paid("channel alone", channel="web"),
    ],
}


@pytest.fixture(scope="module")
def bank(new_bank: Callable[..., Any]) -> Any:
    mapped = {table: sorted({name for row in rows for name in row}) for table, rows in FIRST.items()}
    made = new_bank(mapped=mapped).load(FIRST).build()
    changed = [
        known(NOON, primary_customer_id="ann", interest_rate=Decimal("0.02"), current_balance=Decimal(1)),
        known(NOON + timedelta(days=1), primary_customer_id="ann", interest_rate=Decimal("0.02")),
        known(NOON - timedelta(days=5), primary_customer_id="ann", interest_rate=Decimal("0.03")),
    ]
    return made.load({"accounts": changed, "transactions": [paid("plain", amount=Decimal(50))]}).build()


@pytest.fixture
def of(bank: Any) -> Callable[[str, str], Any]:
    """A column of one transaction."""

    def find(name: str, column: str) -> Any:
        return bank.rows(f"select {column} from core.transactions where transaction_id = ?", name)[0][0]

    return find


@pytest.mark.parametrize("table", load_contract().tables.values(), ids=lambda table: table.name)
def test_every_table_of_the_contract_stands_with_its_columns(bank: Any, table: Any) -> None:
    query = (
        "select column_name, data_type from information_schema.columns"
        " where table_schema = ? and table_name = ? order by ordinal_position"
    )

    found = bank.rows(query, table.schema, table.name)

    assert found == [(column.name, _type(column.type)) for column in table.columns]


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("plain", "amount", 50),
        ("plain", "source_batch_id", 2),
        ("corrected", "amount", 2),
        ("plain", "customer_id", "ann"),
        ("joint", "customer_id", "bob"),
        ("orphan", "customer_id", None),
        ("night", "event_date", date(2026, 3, 6)),
        ("night", "event_date_local", date(2026, 3, 5)),
        ("night", "event_hour_local", 22),
        ("plain", "business_date", date(2026, 3, 6)),
        ("saturday", "business_date", date(2026, 3, 9)),
        ("holiday", "business_date", date(2026, 7, 6)),
        ("plain", "amount_base", 50),
        ("euro", "amount_base", Decimal("12.51")),
        ("pound", "amount_base", 4),
        ("week", "amount_base", 125),
        ("too late", "amount_base", None),
        ("too late", "fx_missing_flag", 1),
        ("yen", "amount_base", None),
        ("yen", "fx_missing_flag", 1),
        ("euro", "fx_missing_flag", 0),
        ("plain", "is_excluded", 0),
        ("orphan", "is_excluded", 0),
        ("internal", "is_excluded", 1),
        ("tried", "is_excluded", 1),
        ("by a test customer", "is_excluded", 1),
        ("purchase", "customer_initiated_flag", 1),
        ("standing order", "customer_initiated_flag", 0),
        ("fee", "customer_initiated_flag", 0),
        ("channel alone", "customer_initiated_flag", 1),
        ("plain", "customer_initiated_flag", None),
        ("mapped flags", "customer_initiated_flag", 1),
        ("cash", "is_cash", 1),
        ("fee", "is_cash", 0),
        ("plain", "is_cash", None),
        ("mapped flags", "is_cash", 1),
    ],
)
def test_a_transaction_says(of: Callable[[str, str], Any], name: str, column: str, value: Any) -> None:
    assert of(name, column) == value


def test_there_is_one_row_of_each_transaction(bank: Any) -> None:
    names = {row["transaction_id"] for row in FIRST["transactions"]}

    assert sorted(bank.rows("select transaction_id from core.transactions")) == sorted(
        (name,) for name in names
    )


def test_a_log_in_has_its_default_kind_and_is_left_out_for_test_customers(bank: Any) -> None:
    found = bank.rows("select login_id, event_type, is_excluded from core.login_activity order by login_id")

    assert found == [("first", "login", 1), ("second", "logout", 0)]


def test_a_history_has_a_version_for_each_change_of_a_tracked_attribute(bank: Any) -> None:
    query = (
        "select interest_rate, valid_from, valid_to, is_current"
        " from core.accounts_history where account_id = 'held'"
    )

    found = sorted(bank.rows(query), key=lambda row: row[1])

    beginning = datetime(1900, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    later = NOON + timedelta(days=1)
    assert found == [
        (Decimal("0.010000"), beginning, NOON, 0),
        (Decimal("0.020000"), NOON, later, 0),
        (Decimal("0.030000"), later, None, 1),
    ]


def test_the_current_version_of_a_history_is_the_row_of_the_table(bank: Any) -> None:
    columns = "account_id, primary_customer_id, product_type, interest_rate, is_internal, is_test"

    current = bank.rows(f"select {columns} from core.accounts_history where is_current = 1 order by 1")

    assert current == bank.rows(f"select {columns} from core.accounts order by 1")


def _type(portable: str) -> str:
    with duckdb.connect() as connection:
        return str(connection.execute(f"select typeof(cast(null as {portable}))").fetchall()[0][0])
