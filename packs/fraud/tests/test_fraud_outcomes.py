"""What became of payments: states of labels, net losses, capacity and what each rule adds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

Row = dict[str, Any]
DAY = timedelta(days=1)
SECONDS = 86400
TODAY = date(2026, 5, 20)
CAPACITY = 10
ABROAD = {"merchant_id": "m", "merchant_country": "AO", "card_present_flag": 1}  # T07 and T08, 45 points
RISKY = {"counterparty_country": "AO"}  # T08, 25 points
LABELLED = {
    "confirmed": ("fraud_confirmed", 100, 30, 40, 30),
    "unnamed": ("fraud_confirmed", None, 30, None, 170),
    "suspected": ("fraud_suspected", 100, None, None, None),
    "cleared": ("legit_confirmed", None, None, None, None),
}


def label(bank: Any, transaction_id: str, given: str, *amounts: float | None, after: int = 1) -> None:
    """A finding so many days after noon."""
    named = ("loss_amount_base", "recovered_amount_base", "liability_shifted_amount_base")
    number = 1 + len(bank.tables["fraud_labels"])
    at = next(
        row["event_ts"] for row in bank.tables["transactions"] if row["transaction_id"] == transaction_id
    )
    row = {"label_id": f"l{number:03}", "transaction_id": transaction_id, "label": given}
    known = {"label_known_at": at + after * DAY, "fraud_type": "third_party", "label_source": "investigation"}
    bank.tables["fraud_labels"].append(
        {**row, **known, **dict(zip(named, amounts or (None,) * 3, strict=True))}
    )


def filled(bank: Any) -> dict[str, str]:
    """Payments by what became of them."""
    found = {}
    for name, (given, *amounts, _) in LABELLED.items():
        found[name] = bank.pay(name, 200)
        label(bank, found[name], given, *amounts)
    found["changed"] = bank.pay("changed", 200)
    label(bank, found["changed"], "fraud_confirmed", 200, None, None)
    label(bank, found["changed"], "legit_confirmed", after=5)
    found["119 days old"] = bank.pay("young", 10, after=-119 * SECONDS)
    found["120 days old"] = bank.pay("old", 10, after=-120 * SECONDS)
    found["121 days old"] = bank.pay("older", 10, after=-121 * SECONDS)
    found["old and suspected"] = bank.pay("older", 10, after=-130 * SECONDS)
    label(bank, found["old and suspected"], "fraud_suspected")
    found["declined"] = bank.pay("insulted", 20, status="declined")
    bank.pay("insulted", 20, after=60)
    found["declined fraud"] = bank.pay("thief", 20, status="declined")
    label(bank, found["declined fraud"], "fraud_confirmed", 20, None, None)
    alerts(bank)
    return found


def alerts(bank: Any) -> None:
    """A day of eleven risky payments, one above the capacity, and one of more points; two of them frauds."""
    at = {"after": -10 * SECONDS}
    for number in range(11):
        key = bank.pay(f"risky-{number:02}", 50, **at, **RISKY)
        if number in {0, 10}:
            label(bank, key, "fraud_confirmed", 50, 0, 0)
    both = bank.pay("both", 50, **at, **ABROAD)
    bank.pay("risky-00", 50, after=-10 * SECONDS + 60, **RISKY)
    label(bank, both, "legit_confirmed")


@pytest.fixture(scope="module")
def bank(new_bank: Any) -> tuple[Any, dict[str, str]]:
    bank = new_bank()
    return bank, filled(bank)


@pytest.fixture(scope="module")
def built(build: Callable[..., ComposedProject], bank: tuple[Any, Any]) -> ComposedProject:
    tables = {name: rows for name, rows in bank[0].tables.items() if rows}
    return build(tables, parameters={"fraud": {"alert_capacity": CAPACITY}})


@pytest.fixture(scope="module")
def labels(built: ComposedProject) -> dict[str, Row]:
    return {row["transaction_id"]: row for row in built.rows("fraud.fraud__labels")}


def day(built: ComposedProject, given: date) -> list[Row]:
    return built.rows(f"select * from fraud.fraud__kpi_daily where event_date_local = date '{given}'")


@pytest.mark.parametrize(
    ("shown", "state", "is_mature"),
    [
        ("confirmed", "fraud_confirmed", 0),
        ("suspected", "fraud_suspected", 0),
        ("cleared", "legit_confirmed", 0),
        ("changed", "legit_confirmed", 0),
        ("119 days old", "immature", 0),
        ("120 days old", "legit_matured", 1),
        ("121 days old", "legit_matured", 1),
        ("old and suspected", "fraud_suspected", 1),
        ("declined", "immature", 0),
        ("declined fraud", "fraud_confirmed", 0),
    ],
)
def test_a_label_is_the_latest_one_and_silence_counts_once_its_time_is_over(
    shown: str, state: str, is_mature: int, bank: tuple[Any, dict[str, str]], labels: dict[str, Row]
) -> None:
    row = labels[bank[1][shown]]

    assert (row["label_state"], row["is_mature"]) == (state, is_mature)


def test_every_payment_and_attempt_has_one_row(bank: tuple[Any, Any], labels: dict[str, Row]) -> None:
    assert sorted(labels) == sorted(row["transaction_id"] for row in bank[0].tables["transactions"])
    assert labels[bank[1]["declined"]]["is_payment"] == 0


@pytest.mark.parametrize("shown", LABELLED)
def test_a_net_loss_is_what_neither_came_back_nor_others_bear(
    shown: str, bank: tuple[Any, dict[str, str]], labels: dict[str, Row]
) -> None:
    assert labels[bank[1][shown]]["net_loss_amount_base"] == LABELLED[shown][-1]


def test_a_days_net_loss_leaves_attempts_and_what_was_prevented_out(built: ComposedProject) -> None:
    rows = day(built, TODAY)

    assert sum(row["net_loss_amount"] for row in rows) == 200
    assert sum(row["liability_shifted_amount"] for row in rows) == 40
    assert sum(row["prevented_amount"] for row in rows) == 40


def test_customers_are_insulted_by_a_refusal_that_nobody_suspects(built: ComposedProject) -> None:
    (row,) = day(built, TODAY)

    assert (row["insulted_customer_count"], row["active_customer_count"]) == (1, 6)
    assert row["customer_insult_rate"] == Decimal("0.166667")


def test_analysts_get_to_the_alerts_of_most_points(built: ComposedProject) -> None:
    (row,) = day(built, TODAY - 10 * DAY)

    assert row["alerted_count"] == 13
    assert (row["capacity_alert_count"], row["capacity_fraud_count"]) == (CAPACITY, 1)
    assert row["precision_at_capacity"] == Decimal("0.1")


def test_an_account_is_detected_when_one_of_its_frauds_raised_an_alert(built: ComposedProject) -> None:
    (row,) = day(built, TODAY - 10 * DAY)
    (today,) = day(built, TODAY)

    assert (row["fraud_account_count"], row["alerted_fraud_account_count"]) == (2, 2)
    assert (today["fraud_account_count"], today["account_detection_rate"]) == (2, 0)


def test_what_a_rule_adds_is_what_no_other_active_one_found(built: ComposedProject) -> None:
    rows = built.rows("fraud.fraud__rule_kpi_daily")
    found = {row["rule_id"]: row for row in rows if row["event_date_local"] == TODAY - 10 * DAY}
    hits = built.rows("fraud.fraud__transaction_rule_hits")
    active = [(hit["transaction_id"], hit["rule_id"]) for hit in hits if hit["status"] == "active"]

    assert (found["T08"]["hit_count"], found["T08"]["fraud_hit_count"]) == (13, 2)
    assert (found["T07"]["hit_count"], found["T07"]["cleared_hit_count"]) == (1, 1)
    assert found["T08"]["rule_precision"] == Decimal("0.153846")
    for rule, row in found.items():
        payments = {key for key, name in active if name == rule and key.startswith(("risky", "both"))}
        alone = {key for key in payments if sum(key == other for other, _ in active) == 1}
        assert row["exclusive_hit_count"] == len(alone)
    assert (found["T07"]["exclusive_hit_count"], found["T08"]["exclusive_hit_count"]) == (0, 12)


def test_without_labels_nothing_is_claimed(build: Callable[..., ComposedProject], new_bank: Any) -> None:
    bank = new_bank()
    bank.pay("one", 100, **RISKY)
    bank.pay("one", 100, status="declined")
    project = build({name: rows for name, rows in bank.tables.items() if rows})
    (row,) = project.rows("fraud.fraud__kpi_daily")
    (rule,) = project.rows("fraud.fraud__rule_kpi_daily")

    assert project.rows("fraud.fraud__labels") == []
    assert {row["net_loss_amount"], row["customer_insult_rate"], row["precision_at_capacity"]} == {None}
    assert (row["capacity_alert_count"], row["active_customer_count"]) == (1, 1)
    assert (rule["exclusive_hit_count"], rule["rule_precision"]) == (1, None)
    assert "no_labels" in row["capability_flags"].split(",")


def test_a_new_day_lets_an_older_one_mature(build: Callable[..., ComposedProject], new_bank: Any) -> None:
    bank = new_bank()
    aging = bank.pay("one", 10, after=-119 * SECONDS)
    label(bank, bank.pay("two", 10), "legit_confirmed")
    bank.pay("one", 10, after=SECONDS)
    tables = {name: rows for name, rows in bank.tables.items() if rows}
    *known, new = sorted(tables["transactions"], key=lambda row: row["event_ts"])
    project = build({**tables, "transactions": known})
    query = f"select label_state from fraud.fraud__labels where transaction_id = '{aging}'"
    before = project.rows(query)
    project.run({"transactions": [new]})

    assert before == [{"label_state": "immature"}]
    assert project.rows(query) == [{"label_state": "legit_matured"}]
