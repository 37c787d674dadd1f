"""Features of payments and daily figures against a plain count in Python."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from fintech_accelerator.quality.worker import CheckWorker
from fintech_accelerator.testing.holes import unnoticed_holes

from .random_payments import DAY, HOUR, Row, cash_deposits, random_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from fintech_accelerator.testing import ComposedProject


@pytest.fixture(scope="module")
def tables(new_bank: Any) -> dict[str, list[Row]]:
    return random_tables(new_bank)


@pytest.fixture(scope="module")
def built(build: Callable[..., ComposedProject], tables: dict[str, list[Row]]) -> ComposedProject:
    with_cash = {**tables, "transactions": [*tables["transactions"], *cash_deposits(tables["transactions"])]}
    return build(with_cash, parameters={"fraud": {"label_maturity_days": 60}})


@pytest.fixture(scope="module")
def features(built: ComposedProject) -> dict[str, Row]:
    return {row["transaction_id"]: row for row in built.rows("fraud.fraud__transaction_features")}


@pytest.fixture(scope="module")
def payments(tables: dict[str, list[Row]]) -> list[Row]:
    return [row for row in tables["transactions"] if row["status"] != "declined"]


NEVER = datetime.max  # noqa: DTZ901  (the files' moments are naive)
SMOOTHING, USUAL_RATE = 100, 0.001  # what risk_smoothing and risk_usual_rate are unless a bank sets them


def frauds_known(tables: dict[str, list[Row]]) -> dict[str, datetime]:
    """When each fraud was known."""
    frauds = [row for row in tables["fraud_labels"] if row["label"] == "fraud_confirmed"]
    return {row["transaction_id"]: row["label_known_at"] for row in frauds}


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


@pytest.mark.parametrize("days", [1, 7, 30])
def test_a_merchants_mean_is_its_sum_over_its_count(
    days: int, features: dict[str, Row], payments: list[Row]
) -> None:
    means = set()
    for row in payments:
        found = features[row["transaction_id"]][f"merchant_amount_mean_{days}d"]
        if row["merchant_id"] is None:
            assert found is None
            continue
        amounts = [each["amount"] for each in within(payments, row, "merchant_id", days * DAY)]
        assert found == pytest.approx(sum(amounts) / len(amounts), abs=Decimal("1e-6"))
        means.add(found)
    assert len(means) > 3


def test_an_amount_is_round_in_whole_hundreds(features: dict[str, Row], payments: list[Row]) -> None:
    expected = {
        row["transaction_id"]: int(row["amount"] >= 100 and row["amount"] % 100 == 0) for row in payments
    }

    assert {name: row["round_amount_flag"] for name, row in features.items()} == expected
    assert set(expected.values()) == {0, 1}


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
    known = frauds_known(tables)
    risks = set()
    for row in payments:
        found = features[row["transaction_id"]]
        if row["merchant_id"] is None:
            assert (found[f"merchant_risk_{days}d"], found["merchant_fraud_rate_30d"]) == (None, None)
            continue
        delayed = within(payments, row, "merchant_id", days * DAY, delay=7 * DAY)
        frauds = sum(known.get(each["transaction_id"], NEVER) <= row["event_ts"] for each in delayed)
        risk = frauds / len(delayed) if delayed else 0
        assert found[f"merchant_delayed_transaction_count_{days}d"] == len(delayed)
        assert float(found[f"merchant_risk_{days}d"]) == pytest.approx(risk, abs=1e-6)
        if days == 30:
            drawn = (frauds + SMOOTHING * USUAL_RATE) / (len(delayed) + SMOOTHING)
            assert float(found["merchant_fraud_rate_30d"]) == pytest.approx(drawn, abs=1e-6)
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


def local_day(row: Row) -> date:
    return row["event_ts"].replace(tzinfo=UTC).astimezone(ZoneInfo("America/New_York")).date()


def test_daily_figures_add_up_to_the_payments_they_are_made_of(
    built: ComposedProject, payments: list[Row], tables: dict[str, list[Row]]
) -> None:
    found = built.rows("fraud.fraud__kpi_daily")
    hits = built.rows("fraud.fraud__transaction_rule_hits")
    alerted = {hit["transaction_id"] for hit in hits if hit["status"] == "active"}
    days = {row["transaction_id"]: local_day(row) for row in tables["transactions"]}
    amounts = {row["transaction_id"]: row["amount"] for row in tables["transactions"]}
    paid = {row["transaction_id"] for row in payments}
    declined = amounts.keys() - paid
    labels = {row["transaction_id"]: row for row in tables["fraud_labels"]}
    frauds = {name for name, row in labels.items() if row["label"] == "fraud_confirmed"}
    cleared = labels.keys() - frauds
    lost = {name: labels[name]["loss_amount_base"] for name in frauds}
    recovered = {name: labels[name]["recovered_amount_base"] for name in frauds}
    once = dict.fromkeys(amounts, 1)
    expected = {
        "transaction_count": (paid, once),
        "transaction_amount": (paid, amounts),
        "declined_count": (declined, once),
        "declined_amount": (declined, amounts),
        "prevented_amount": (declined - cleared, amounts),
        "alerted_count": (alerted, once),
        "alerted_amount": (alerted, amounts),
        "fraud_count": (frauds, once),
        "fraud_amount": (frauds, amounts),
        "alerted_fraud_count": (alerted & frauds, once),
        "alerted_fraud_amount": (alerted & frauds, amounts),
        "alerted_cleared_count": (alerted & cleared, once),
        "lost_amount": (frauds, lost),
        "recovered_amount": (frauds, recovered),
    }
    for column, (names, values) in expected.items():
        by_day: Counter[Any] = Counter()
        for name in names:
            by_day[days[name]] += values[name]
        totals: Counter[Any] = Counter()
        for row in found:
            totals[row["event_date_local"]] += row[column]
        assert {day: total for day, total in totals.items() if total} == +by_day, column
        assert by_day.total() > 0, column


def test_days_are_immature_until_their_labels_are_complete(built: ComposedProject) -> None:
    days = {row["event_date_local"]: row["is_mature"] for row in built.rows("fraud.fraud__kpi_daily")}
    last = max(days)

    assert days == {day: int(day <= last - 60 * DAY) for day in days}
    assert set(days.values()) == {0, 1}


HOLES = {
    "transaction_features.every_payment_has_features": "delete from fraud.fraud__transaction_features"
    " where transaction_id = (select max(transaction_id) from fraud.fraud__transaction_features)",
    "ctr_candidates.due_15_days_later": "update fraud_restricted.fraud__ctr_candidates"
    " set due_date = due_date + 1",
    "structuring_candidates.ends_after_its_start": "update fraud_restricted.fraud__structuring_candidates"
    " set window_start_date = window_end_date + 1",
}


def test_every_critical_rule_of_the_suites_notices_its_hole(built: ComposedProject, tmp_path: Path) -> None:
    with CheckWorker() as worker:
        assert unnoticed_holes(built, worker, tmp_path, changes=HOLES) == set()
