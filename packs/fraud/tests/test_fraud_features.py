"""Features of payments against a plain count in Python, and increments against builds from nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fintech_accelerator.testing import ComposedProject

Row = dict[str, Any]
FIRST = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MARTS = ("transaction_features", "transaction_rule_hits", "login_features", "login_attacks", "kpi_daily")


def random_tables(new_bank: Any) -> dict[str, list[Row]]:
    """Two months of a few busy customers: ties, exact window edges, declined attempts, missing keys."""
    chance = random.Random(7)  # noqa: S311  (rows for a test)
    bank = new_bank()
    for _ in range(700):
        customer = chance.choice("abcde")
        whole = chance.choice([HOUR, DAY, 7 * DAY, timedelta(seconds=chance.randrange(86400))])
        moment = FIRST + chance.randrange(9) * 7 * DAY + chance.randrange(3) * DAY + whole
        bank.pay(
            customer,
            Decimal(chance.randrange(1, 90000)) / 100,
            at=moment,
            status=chance.choice(["posted", "posted", "posted", "authorized", "reversed", "declined"]),
            merchant_id=chance.choice([None, "m1", "m2", "m3"]),
            merchant_country=chance.choice(["US", "GB", None]),
            card_token=chance.choice([None, f"card-{customer}", f"other-{customer}"]),
            device_id=chance.choice([None, "d1", f"d-{customer}"]),
            counterparty_account_hash=chance.choice([None, None, "p1", "p2"]),
        )
    for number in range(60):
        bank.log_in(
            chance.choice("abcde"),
            after=chance.randrange(-40 * 86400, 0),
            outcome=chance.choice(["success", "failure"]),
            device_id=f"d{number % 4}",
            ip_prefix=f"10.0.{number % 3}.0/24",
            asn="AS1",
            ip_country=chance.choice(["US", "GB"]),
        )
    paid = [row for row in bank.tables["transactions"] if row["merchant_id"] and row["status"] != "declined"]
    for number, row in enumerate(chance.sample(paid, 60)):
        known_at = row["event_ts"] + chance.choice([DAY, 7 * DAY, 12 * DAY, 30 * DAY])
        label = {
            "label_id": f"l{number}",
            "transaction_id": row["transaction_id"],
            "label": "fraud_confirmed",
        }
        bank.tables["fraud_labels"].append({**label, "label_known_at": known_at})
    return dict(bank.tables)


@pytest.fixture(scope="module")
def tables(new_bank: Any) -> dict[str, list[Row]]:
    return random_tables(new_bank)


@pytest.fixture(scope="module")
def built(build: Callable[..., ComposedProject], tables: dict[str, list[Row]]) -> ComposedProject:
    return build(tables, parameters={"fraud": {"label_maturity_days": 60}})


@pytest.fixture(scope="module")
def features(built: ComposedProject) -> dict[str, Row]:
    return {row["transaction_id"]: row for row in built.rows("fraud.fraud__transaction_features")}


@pytest.fixture(scope="module")
def payments(tables: dict[str, list[Row]]) -> list[Row]:
    return [row for row in tables["transactions"] if row["status"] != "declined"]


def within(
    rows: Iterable[Row], row: Row, key: str, window: timedelta, delay: timedelta = timedelta()
) -> list[Row]:
    """Rows of the same key in (t - W, t], moved back by the delay."""
    end = row["event_ts"] - delay
    return [each for each in rows if each[key] == row[key] and end - window < each["event_ts"] <= end]


COUNTS = [
    ("account_transaction_count_1h", "account_id", HOUR),
    ("account_transaction_count_24h", "account_id", DAY),
    ("account_transaction_count_7d", "account_id", 7 * DAY),
    ("card_transaction_count_1h", "card_token", HOUR),
    ("card_transaction_count_24h", "card_token", DAY),
    ("device_transaction_count_24h", "device_id", DAY),
    ("payee_transaction_count_24h", "counterparty_account_hash", DAY),
    ("customer_transaction_count_1d", "customer_id", DAY),
    ("customer_transaction_count_7d", "customer_id", 7 * DAY),
    ("customer_transaction_count_30d", "customer_id", 30 * DAY),
    ("merchant_transaction_count_1d", "merchant_id", DAY),
    ("merchant_transaction_count_7d", "merchant_id", 7 * DAY),
    ("merchant_transaction_count_30d", "merchant_id", 30 * DAY),
]


def test_there_is_one_row_for_each_payment_and_none_for_attempts(
    features: dict[str, Row], payments: list[Row]
) -> None:
    assert sorted(features) == sorted(row["transaction_id"] for row in payments)


@pytest.mark.parametrize(("column", "key", "window"), COUNTS, ids=str)
def test_a_window_counts_what_lies_in_it_and_nothing_without_a_key(
    column: str, key: str, window: timedelta, features: dict[str, Row], payments: list[Row]
) -> None:
    expected = {
        row["transaction_id"]: len(within(payments, row, key, window)) if row[key] is not None else None
        for row in payments
    }

    assert {name: row[column] for name, row in features.items()} == expected
    assert len(set(expected.values())) > 1


@pytest.mark.parametrize(
    ("prefix", "key", "windows"),
    [
        ("account_amount_sum", "account_id", {"1h": HOUR, "24h": DAY, "7d": 7 * DAY}),
        ("customer_amount_sum", "customer_id", {"1d": DAY, "7d": 7 * DAY, "30d": 30 * DAY}),
        ("merchant_amount_sum", "merchant_id", {"1d": DAY, "7d": 7 * DAY, "30d": 30 * DAY}),
    ],
)
def test_a_window_sums_exactly_to_the_cent(
    prefix: str, key: str, windows: dict[str, timedelta], features: dict[str, Row], payments: list[Row]
) -> None:
    for suffix, window in windows.items():
        expected = {
            row["transaction_id"]: sum(each["amount"] for each in within(payments, row, key, window))
            for row in payments
            if row[key] is not None
        }
        assert {name: features[name][f"{prefix}_{suffix}"] for name in expected} == expected


def test_declined_attempts_count_apart(features: dict[str, Row], tables: dict[str, list[Row]]) -> None:
    declined = [row for row in tables["transactions"] if row["status"] == "declined"]
    paid = [row for row in tables["transactions"] if row["status"] != "declined"]
    expected = {row["transaction_id"]: len(within(declined, row, "account_id", HOUR)) for row in paid}

    assert {name: row["declined_count_1h"] for name, row in features.items()} == expected
    assert max(expected.values()) > 0


def test_different_merchants_are_counted_once(features: dict[str, Row], payments: list[Row]) -> None:
    expected = {
        row["transaction_id"]: len(
            {each["merchant_id"] for each in within(payments, row, "account_id", DAY)} - {None}
        )
        for row in payments
    }

    assert {name: row["distinct_merchant_count_24h"] for name, row in features.items()} == expected


@pytest.mark.parametrize("days", [1, 7, 30])
def test_merchant_risk_counts_only_frauds_known_by_then(
    days: int, features: dict[str, Row], payments: list[Row], tables: dict[str, list[Row]]
) -> None:
    known = {row["transaction_id"]: row["label_known_at"] for row in tables["fraud_labels"]}
    risks = set()
    for row in payments:
        found = features[row["transaction_id"]]
        if row["merchant_id"] is None:
            assert found[f"merchant_risk_{days}d"] is None
            continue
        delayed = within(payments, row, "merchant_id", days * DAY, delay=7 * DAY)
        frauds = [
            each
            for each in delayed
            if each["transaction_id"] in known and known[each["transaction_id"]] <= row["event_ts"]
        ]
        risk = len(frauds) / len(delayed) if delayed else 0
        assert found[f"merchant_delayed_transaction_count_{days}d"] == len(delayed)
        assert float(found[f"merchant_risk_{days}d"]) == pytest.approx(risk, abs=1e-6)
        risks.add(risk)
    assert len(risks) > 3


@pytest.mark.parametrize(
    ("column", "key"),
    [
        ("is_first_merchant", "merchant_id"),
        ("is_first_payee", "counterparty_account_hash"),
        ("is_first_country", "merchant_country"),
        ("is_first_device", "device_id"),
    ],
)
def test_a_first_use_has_no_earlier_one(
    column: str, key: str, features: dict[str, Row], payments: list[Row]
) -> None:
    for row in payments:
        same = [
            each for each in payments if (each["customer_id"], each[key]) == (row["customer_id"], row[key])
        ]
        earlier = any(each["event_ts"] < row["event_ts"] for each in same)
        expected = None if row[key] is None else int(not earlier)
        assert features[row["transaction_id"]][column] == expected


def test_daily_figures_add_up_to_the_payments_they_are_made_of(
    built: ComposedProject, payments: list[Row], tables: dict[str, list[Row]]
) -> None:
    days = built.rows("fraud.fraud__kpi_daily")
    declined = [row for row in tables["transactions"] if row["status"] == "declined"]
    hits = built.rows("fraud.fraud__transaction_rule_hits")
    alerted = {hit["transaction_id"] for hit in hits if hit["status"] == "active"}
    frauds = {row["transaction_id"] for row in tables["fraud_labels"]}
    amounts = {row["transaction_id"]: row["amount"] for row in payments}
    expected = {
        "transaction_count": len(payments),
        "transaction_amount": sum(amounts.values()),
        "declined_count": len(declined),
        "prevented_amount": sum(row["amount"] for row in declined),
        "alerted_count": len(alerted),
        "fraud_count": len(frauds),
        "fraud_amount": sum(amounts[name] for name in frauds),
        "alerted_fraud_count": len(alerted & frauds),
    }

    assert {name: sum(day[name] for day in days) for name in expected} == expected
    assert 0 < expected["alerted_fraud_count"] < expected["alerted_count"]


def test_days_are_immature_until_their_labels_are_complete(built: ComposedProject) -> None:
    days = {row["event_date_local"]: row["is_mature"] for row in built.rows("fraud.fraud__kpi_daily")}
    last = max(days)

    assert days == {day: int(day <= last - 60 * DAY) for day in days}
    assert set(days.values()) == {0, 1}


def all_marts(project: ComposedProject) -> dict[str, list[Row]]:
    rows = {name: project.rows(f"fraud.fraud__{name}") for name in MARTS}
    return {name: sorted(given, key=repr) for name, given in rows.items()}


def test_increments_with_late_rows_corrections_and_labels_equal_a_build_from_nothing(
    build: Callable[..., ComposedProject], tables: dict[str, list[Row]]
) -> None:
    transactions = sorted(tables["transactions"], key=lambda row: row["event_ts"])
    late = [row for number, row in enumerate(transactions) if number % 97 == 5]
    known = [row for row in transactions if row not in late]
    labels = tables["fraud_labels"]
    parties = {name: tables[name] for name in ("customers", "accounts")}
    columns = {name: sorted(rows[0]) for name, rows in tables.items()}
    project = build(
        {
            **parties,
            "transactions": known[:500],
            "login_activity": tables["login_activity"][:40],
            "fraud_labels": labels[:20],
        },
        mapped=columns,
    )
    project.run({"transactions": known[500:], "login_activity": tables["login_activity"][40:]})
    project.run({"transactions": late})
    corrected = {**known[300], "status": "declined"}
    moved = {**known[310], "event_ts": known[310]["event_ts"] + 3 * DAY, "merchant_id": "m3"}
    cleared = {**labels[3], "label": "legit_confirmed"}
    project.run({"transactions": [corrected, moved], "fraud_labels": [*labels[20:], cleared]})
    by_increments = all_marts(project)

    assert by_increments == all_marts(project.rebuild())
    assert all(by_increments.values())
