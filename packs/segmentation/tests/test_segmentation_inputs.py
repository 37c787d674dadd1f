"""What optional inputs add, what their absence leaves unknown, and who counts what of a joint account."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject


def joint_holders(bank: Any) -> None:
    for name in ("anna", "ben", "carl", "dora"):
        bank.customer(name)
    bank.account("shared", of="anna")
    bank.account("applied for", of="anna", status="pending")
    for name, role, end in (
        ("anna", "primary", None),
        ("ben", "joint", None),
        ("carl", "authorised_user", None),
        ("dora", "joint", bank.ago(40)),
    ):
        row = {"account_id": "shared", "customer_id": name, "role": role, "valid_from": None, "valid_to": end}
        bank.tables["account_holders"].append(row)
    for name, amount in (("anna", 10.0), ("ben", 25.0)):
        bank.act(name, bank.ago(3), amount, account="shared")
    bank.balance("shared", bank.ago(1), 300.0)


def balances(bank: Any) -> None:
    bank.holder("saver")
    for days, amount in ((0, 100.0), (89, 300.0), (90, 9999.0)):  # the last one is a day too old
        bank.balance("saver", bank.ago(days), amount)
    bank.account("savers-card", of="saver", product_type="credit_card", credit_limit=1000.0)
    bank.balance("savers-card", bank.ago(2), 250.0)
    bank.holder("borrower")
    bank.account("known-loan", of="borrower", product_type="mortgage")
    bank.account("unknown-loan", of="borrower", product_type="personal_loan")
    bank.balance("known-loan", bank.ago(2), 5000.0)
    bank.holder("foreigner")
    bank.balance("foreigner", bank.ago(2), 100.0, currency="EUR")
    for name in ("saver", "borrower", "foreigner"):
        bank.acts(name, 1, ago=3)


def scores(bank: Any) -> None:
    bank.holder("scored")
    bank.acts("scored", 1, ago=3)
    bank.score("scored", bank.ago(100), 700.0, known=bank.ago(100))
    bank.score("scored", bank.ago(20), 640.0, known=bank.last)
    bank.score("scored", bank.ago(5), 600.0, known=bank.last + timedelta(days=1))  # not known by the snapshot


@pytest.fixture(scope="module")
def rich(new_bank: Any, build: Callable[..., ComposedProject]) -> ComposedProject:
    bank = new_bank()
    bank.holder("pacemaker")
    for day in (bank.first, bank.last):
        bank.act("pacemaker", day)
    bank.acts("pacemaker", 2, ago=30, amount=4.0, txn_type="fee", channel="system")
    for number, amount in enumerate((100.0, 100.0, 100.0, 100.0, 100.0, 220.0)):
        bank.act("pacemaker", date(2025, 7 + number, 9), amount)
    for number in range(1, 6):  # from rare and long ago to frequent and recent, at the end of 2025
        bank.holder(f"ladder-{number}")
        for step in range(number):
            bank.act(f"ladder-{number}", date(2025, 12, 31) - timedelta(days=30 - 5 * number + step))
    bank.holder("newcomer", since=bank.ago(90))
    bank.acts("newcomer", 1, ago=1)
    for add in (joint_holders, balances, scores):
        add(bank)
    bank.log_in("anna", bank.ago(1))
    return build(bank.tables, packs=("revenue", "segmentation"))


@pytest.fixture(scope="module")
def features(rich: ComposedProject, new_bank: Any) -> dict[str, dict[str, Any]]:
    rows = rich.rows("segmentation.segmentation__customer_features")
    return {row["customer_id"]: row for row in rows if row["snapshot_date"] == new_bank.last}


def test_a_joint_account_is_held_by_both_and_each_act_is_of_who_made_it(
    features: dict[str, dict[str, Any]],
) -> None:
    assert {name: features[name]["open_account_count"] for name in ("anna", "ben", "carl")} == {
        "anna": 1,
        "ben": 1,
        "carl": 0,
    }
    assert "dora" not in features  # held it until April, so that nothing is left
    assert features["anna"]["spend_amount_30d"] == 10
    assert features["ben"]["spend_amount_30d"] == 25


def test_a_joint_balance_counts_once_with_the_primary_holder(features: dict[str, dict[str, Any]]) -> None:
    assert features["anna"]["average_deposit_balance_90d"] == 300  # what she only applied for has no balance
    assert features["ben"]["average_deposit_balance_90d"] == 0


def test_balances_are_averages_of_the_known_days_and_unknown_ones_make_the_sum_unknown(
    features: dict[str, dict[str, Any]],
) -> None:
    assert features["saver"]["average_deposit_balance_90d"] == 200
    assert features["saver"]["total_loan_balance"] == 0
    assert features["saver"]["credit_utilization"] == Decimal("0.25")
    assert features["borrower"]["total_loan_balance"] is None
    assert features["foreigner"]["average_deposit_balance_90d"] is None  # there is no exchange rate


def test_a_score_counts_when_the_bank_had_it(features: dict[str, dict[str, Any]]) -> None:
    row = features["scored"]

    assert (row["credit_score_latest"], row["credit_score_age_days"], row["credit_score_model"]) == (
        640,
        20,
        "FICO8",
    )
    assert features["saver"]["credit_score_latest"] is None


def test_income_is_what_the_ledger_of_the_revenue_pack_says(
    rich: ComposedProject, features: dict[str, dict[str, Any]], new_bank: Any
) -> None:
    ledger = rich.rows("revenue.revenue__ledger")
    earned = [
        row["amount_base"]
        for row in ledger
        if row["customer_id"] == "pacemaker" and row["effective_date"] > new_bank.ago(365)
    ]

    assert features["pacemaker"]["fee_income_365d"] == round(sum(earned), 2)
    assert sum(earned) >= 8  # the two fees at least
    assert features["pacemaker"]["interest_income_365d"] == 0
    assert features["borrower"]["fee_income_365d"] is not None
    assert "no_revenue" not in features["anna"]["capability_flags"]


def test_spend_volatility_takes_twelve_whole_months(features: dict[str, dict[str, Any]]) -> None:
    months = [0.0, 100.0, 100.0, 100.0, 100.0, 100.0, 220.0, 0.0, 0.0, 0.0, 0.0, 10.0]
    mean = sum(months) / 12
    deviation = (sum((month - mean) ** 2 for month in months) / 11) ** 0.5

    assert float(features["pacemaker"]["spend_volatility"]) == pytest.approx(deviation / mean, abs=1e-6)
    assert features["newcomer"]["spend_volatility"] is None


def test_a_new_customer_is_new_and_an_old_one_with_one_act_is_not(
    rich: ComposedProject, new_bank: Any
) -> None:
    rows = rich.rows("segmentation.segmentation__rfm")
    segments = {row["customer_id"]: row for row in rows if row["snapshot_date"] == new_bank.last}
    same = {
        name: (row["recency_score"], row["frequency_score"], row["segment"]) for name, row in segments.items()
    }

    assert same["newcomer"] == (5, 1, "New")
    assert same["anna"] == (5, 1, "One-off")


def test_the_map_names_every_pair_of_scores(rich: ComposedProject) -> None:
    rows = rich.rows("segmentation.segmentation__rfm_map")

    assert len({(row["recency_score"], row["frequency_score"]) for row in rows}) == len(rows) == 25


@pytest.fixture(scope="module")
def bare(build: Callable[..., ComposedProject]) -> ComposedProject:
    """A bank that maps no more than is required, and takes income for money without the revenue pack."""
    names = [f"c{number}" for number in range(10)]
    transactions = [
        {
            "transaction_id": f"t{number}-{month}-{step}",
            "account_id": name,
            "event_ts": f"2026-0{month}-1{9 - step} 16:00:00",
            "amount": 100.0,
            "direction": "D",
            "currency": "USD",
        }
        for number, name in enumerate(names)
        for month in (3, 4)
        for step in range(min(number, month) + 1)
    ]
    return build(
        {
            "customers": [{"customer_id": name} for name in names],
            "accounts": [
                {
                    "account_id": name,
                    "primary_customer_id": name,
                    "product_type": "checking",
                    "currency": "USD",
                }
                for name in names
            ],
            "transactions": transactions,
        },
        parameters={"segmentation": {"rfm_money": "income", "rfm_method": "cume_dist"}},
    )


UNKNOWN = [
    *("login_count_90d", "digital_transaction_share_90d", "digital_share_90d", "cash_share_90d"),
    *(
        "cross_border_share_90d",
        "payroll_inflow_amount_90d",
        "groceries_share_365d",
        "other_spend_share_365d",
    ),
    *("fee_income_365d", "interest_income_365d", "average_deposit_balance_90d", "total_loan_balance"),
    *("credit_utilization", "credit_score_latest", "tenure_days", "tenure_months"),
]


def test_what_the_bank_does_not_have_is_unknown_and_never_zero(bare: ComposedProject) -> None:
    rows = bare.rows("segmentation.segmentation__customer_features")

    assert len(rows) == 20
    assert {name: {row[name] for row in rows} for name in UNKNOWN} == {name: {None} for name in UNKNOWN}
    flags = set(rows[0]["capability_flags"].split(","))
    assert {"no_login", "no_balances_daily", "no_credit_scores", "no_revenue", "no_transactions_mcc"} <= flags
    assert {"no_transactions_channel", "no_transactions_txn_type", "no_customers_onboarded_date"} <= flags
    assert {row["spend_amount_30d"] for row in rows} > {Decimal(100)}


def test_money_is_unknown_without_the_pack_that_knows_it_and_segments_still_are(
    bare: ComposedProject,
) -> None:
    rows = bare.rows("segmentation.segmentation__rfm")

    assert {(row["monetary_amount"], row["monetary_score"], row["rfm_code"]) for row in rows} == {
        (None, None, None)
    }
    assert all("no_revenue" in row["capability_flags"] for row in rows)
    assert "New or one-off" in {row["segment"] for row in rows}
    assert not {"New", "One-off"} & {row["segment"] for row in rows}


def test_adaptive_scores_part_anew_at_each_snapshot(bare: ComposedProject) -> None:
    rows = bare.rows("segmentation.segmentation__rfm")

    assert all(row["cut_points_date"] == row["snapshot_date"] for row in rows)
    for day in {row["snapshot_date"] for row in rows}:
        frequencies = [row["frequency_days"] for row in rows if row["snapshot_date"] == day]
        for row in rows:
            if row["snapshot_date"] == day:
                below = sum(each <= row["frequency_days"] for each in frequencies)
                assert row["frequency_score"] == -(-5 * below // len(frequencies))


def test_a_stage_is_told_without_dates_kinds_or_channels(bare: ComposedProject) -> None:
    rows = bare.rows("segmentation.segmentation__lifecycle")

    assert {row["stage"] for row in rows} == {"active"}
    assert {row["bill_count_30d"] for row in rows} == {None}
