"""Windows and scores of a random bank against a plain count in Python; increments against a new build."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from .made_payments import FIRST, LAST, Row, base, is_act, outflow, random_bank, share, spend, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

MARTS = ("customer_features", "rfm", "rfm_map", "lifecycle")


@pytest.fixture(scope="module")
def bank(new_bank: Any) -> Any:
    return random_bank(new_bank)


@pytest.fixture(scope="module")
def built(build: Callable[..., ComposedProject], bank: Any) -> ComposedProject:
    return build(bank.tables)


@pytest.fixture(scope="module")
def features(built: ComposedProject) -> list[Row]:
    return built.rows("segmentation.segmentation__customer_features")


@pytest.fixture(scope="module")
def posted(bank: Any) -> list[Row]:
    return [
        {**row, "day": row["event_ts"].date(), "amount": Decimal(str(row["amount"]))}
        for row in bank.tables["transactions"]
        if row["status"] == "posted"
    ]


def test_there_is_one_row_for_each_customer_and_month_since_onboarding(
    bank: Any, features: list[Row]
) -> None:
    snapshots = sorted({row["snapshot_date"] for row in features})
    expected = {
        (row["customer_id"], day)
        for row in bank.tables["customers"]
        for day in snapshots
        if row["onboarded_date"] <= day
    }

    assert len(snapshots) == 16
    assert snapshots[-1] == LAST
    assert sorted((row["customer_id"], row["snapshot_date"]) for row in features) == sorted(expected)


@pytest.mark.parametrize("days", [30, 90, 365])
def test_a_window_counts_acts_and_sums_spend_net_of_refunds(
    days: int, features: list[Row], posted: list[Row]
) -> None:
    for row in features:
        rows = within(posted, row, days)
        assert row[f"transaction_count_{days}d"] == sum(is_act(each) for each in rows), row
        assert row[f"spend_amount_{days}d"] == spend(rows), row
    assert any(row[f"spend_amount_{days}d"] < 0 for row in features)


def test_inflow_outflow_and_payroll_follow_the_direction(features: list[Row], posted: list[Row]) -> None:
    for row in features:
        rows = within(posted, row, 90)
        payroll = sum((base(each) for each in rows if each["txn_type"] == "payroll"), Decimal(0))
        out = outflow([each for each in rows if each["txn_type"] != "payroll"])
        assert (row["inflow_amount_90d"], row["payroll_inflow_amount_90d"]) == (payroll, payroll)
        assert row["outflow_amount_90d"] == out
        rate = pytest.approx(1 - out / payroll, abs=Decimal("2e-6")) if payroll >= 500 else None
        assert row["savings_rate_90d"] == rate
    assert any(row["savings_rate_90d"] is not None for row in features)


def test_inflow_of_thirty_days_is_what_came_in_without_corrections(
    features: list[Row], posted: list[Row]
) -> None:
    for row in features:
        came_in = [each for each in within(posted, row, 30) if each["txn_type"] == "payroll"]
        assert row["inflow_amount_30d"] == sum(map(base, came_in), Decimal(0))
    assert len({row["inflow_amount_30d"] for row in features}) > 3


def test_active_months_are_those_of_twelve_with_an_act(features: list[Row], posted: list[Row]) -> None:
    acts = {(row["customer_id"], row["day"].year * 12 + row["day"].month) for row in posted if is_act(row)}
    for row in features:
        last = row["snapshot_date"].year * 12 + row["snapshot_date"].month
        months = [(row["customer_id"], last - ago) for ago in range(12)]
        assert row["active_months_12"] == len(acts.intersection(months))
    assert len({row["active_months_12"] for row in features}) > 6


def test_a_customer_is_observed_since_onboarding_and_within_the_data(
    bank: Any, built: ComposedProject, features: list[Row]
) -> None:
    since = {row["customer_id"]: max(row["onboarded_date"], FIRST) for row in bank.tables["customers"]}
    for row in features:
        assert row["observed_days"] == (row["snapshot_date"] - since[row["customer_id"]]).days + 1
    rows = built.rows("segmentation.segmentation__rfm")
    for row in rows:
        observed = (row["snapshot_date"] - since[row["customer_id"]]).days + 1
        assert row["window_observed_days"] == min(observed, 365)
    assert 365 in {row["window_observed_days"] for row in rows}


@pytest.mark.parametrize("mart", ["customer_features", "lifecycle"])
def test_products_are_counted_once_from_the_day_they_are_opened(
    mart: str, bank: Any, built: ComposedProject
) -> None:
    rows = built.rows(f"segmentation.segmentation__{mart}")
    for row in rows:
        held = {
            each["product_type"]
            for each in bank.tables["accounts"]
            if each["primary_customer_id"] == row["customer_id"]
            and each["opened_date"] <= row["snapshot_date"]
        }
        assert row["product_type_count"] == len(held)
    assert {row["product_type_count"] for row in rows} >= {1, 2, 3}


def test_shares_are_of_acts_of_ninety_days(bank: Any, features: list[Row], posted: list[Row]) -> None:
    logins = [
        {**row, "day": row["event_ts"].date()}
        for row in bank.tables["login_activity"]
        if row["outcome"] == "success"
    ]
    for row in features:
        acts = [each for each in within(posted, row, 90) if is_act(each)]
        digital = sum(each["channel"] in {"ecom", "mobile", "web"} for each in acts)
        known = [each for each in acts if each["merchant_country"]]
        count = len(within(logins, row, 90))
        expected = {
            "digital_transaction_share_90d": share(digital, len(acts)),
            "digital_share_90d": share(digital + count, len(acts) + count),
            "cash_share_90d": share(sum(each["channel"] == "atm" for each in acts), len(acts)),
            "cross_border_share_90d": share(
                sum(each["merchant_country"] == "GB" for each in known), len(known)
            ),
            "weekend_share_90d": share(sum(each["day"].weekday() > 4 for each in acts), len(acts)),
        }
        assert row["login_count_90d"] == count
        assert {name: value and float(value) for name, value in expected.items()} == {
            name: pytest.approx(float(row[name]), abs=2e-6) if row[name] is not None else None
            for name in expected
        }


def test_spending_is_shared_among_the_categories_that_are_known(
    features: list[Row], posted: list[Row]
) -> None:
    for row in features:
        rows = [each for each in within(posted, row, 365) if each["mcc"]]
        groups = {
            "groceries_share_365d": max(spend(each for each in rows if each["mcc"] == "5411"), Decimal(0)),
            "restaurants_share_365d": max(spend(each for each in rows if each["mcc"] == "5812"), Decimal(0)),
            "other_spend_share_365d": max(spend(each for each in rows if each["mcc"] == "9999"), Decimal(0)),
        }
        whole = sum(groups.values())
        for name, amount in groups.items():
            assert row[name] == (pytest.approx(amount / whole, abs=Decimal("2e-6")) if whole else None)
        assert row["travel_share_365d"] == (0 if whole else None)


def test_recency_and_unconverted_amounts_are_told(features: list[Row], posted: list[Row]) -> None:
    for row in features:
        days = [each["day"] for each in within(posted, row, 3650) if is_act(each)]
        assert row["recency_days"] == ((row["snapshot_date"] - max(days)).days if days else None)
        foreign = [each for each in within(posted, row, 365) if each["currency"] == "XTS"]
        assert row["unconverted_count_365d"] == len(foreign)
    assert any(row["unconverted_count_365d"] for row in features)


def test_rfm_takes_active_days_and_the_net_spend_of_its_window(
    built: ComposedProject, posted: list[Row]
) -> None:
    rows = built.rows("segmentation.segmentation__rfm")
    for row in rows:
        acts = [each for each in within(posted, row, 365) if is_act(each)]
        assert row["frequency_days"] == len({each["day"] for each in acts})
        assert row["monetary_amount"] == spend(within(posted, row, 365))
    assert max(row["frequency_days"] for row in rows) > 5


def test_equal_values_never_have_two_scores(built: ComposedProject) -> None:
    rows = built.rows("segmentation.segmentation__rfm")
    for value, score in (
        ("recency_days", "recency_score"),
        ("frequency_days", "frequency_score"),
        ("monetary_amount", "monetary_score"),
    ):
        scores: dict[Any, set[int]] = {row[value]: set() for row in rows}
        for row in rows:
            scores[row[value]].add(row[score])
        assert all(len(found) == 1 for found in scores.values())
        assert len({row[score] for row in rows}) > 3
    assert max(Counter(row["frequency_days"] for row in rows).values()) > 1


def test_scores_are_fifths_of_the_first_snapshot_whose_window_is_whole(built: ComposedProject) -> None:
    rows = built.rows("segmentation.segmentation__rfm")
    assert {row["cut_points_date"] for row in rows} == {date(2025, 12, 31)}
    assert {row["is_provisional"] for row in rows} == {0}
    first = [row for row in rows if row["snapshot_date"] == date(2025, 12, 31)]
    for row in first:
        below = sum(each["monetary_amount"] <= row["monetary_amount"] for each in first)
        later = sum(each["recency_days"] >= row["recency_days"] for each in first)
        assert row["monetary_score"] == -(-5 * below // len(first))
        assert row["recency_score"] == -(-5 * later // len(first))


def all_marts(project: ComposedProject) -> dict[str, list[Row]]:
    rows = {name: project.rows(f"segmentation.segmentation__{name}") for name in MARTS}
    return {name: sorted(given, key=repr) for name, given in rows.items()}


def test_a_late_row_and_a_correction_change_the_snapshots_they_belong_to(
    build: Callable[..., ComposedProject], bank: Any
) -> None:
    tables = bank.tables
    transactions = tables["transactions"]
    late = [row for number, row in enumerate(transactions) if number % 90 == 5]
    known = [row for row in transactions if row not in late]
    project = build({**tables, "transactions": known[:600], "login_activity": tables["login_activity"][:200]})
    project.run({"transactions": known[600:], "login_activity": tables["login_activity"][200:]})
    before = all_marts(project)
    old = next(row for row in known if row["event_ts"].date() < date(2025, 9, 1) and is_act(row))
    project.run({"transactions": [*late, {**old, "amount": 99999}, {**known[300], "status": "reversed"}]})
    after = all_marts(project)

    assert after == all_marts(project.rebuild())
    spent = {
        (row["customer_id"], row["snapshot_date"]): row["spend_amount_30d"]
        for row in after["customer_features"]
    }
    earlier = {
        (row["customer_id"], row["snapshot_date"]): row["spend_amount_30d"]
        for row in before["customer_features"]
    }
    changed = {key for key in spent if spent[key] != earlier[key]}
    month = old["event_ts"].date().replace(day=28)
    assert any(name == old["customer_id"] and day.replace(day=28) == month for name, day in changed)
