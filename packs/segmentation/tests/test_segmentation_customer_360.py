"""All that is known of a customer side by side, with the other packs and without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .made_payments import LAST, Row

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

OF_REVENUE = ("income_365d", "lifetime_value")
OF_ENGAGEMENT = ("is_primary", "bank_relationship", "active_days")
QUERY = "select * from segmentation.segmentation__customer_360 order by customer_id"


@pytest.fixture(scope="module")
def alone(moved: ComposedProject) -> dict[str, Row]:
    """The pack without any other."""
    return {row["customer_id"]: row for row in moved.rows(QUERY)}


@pytest.fixture(scope="module")
def company(moving: Any, build: Callable[..., ComposedProject]) -> ComposedProject:
    """The pack with those that it imports from."""
    bank_fee = {"txn_type": "fee", "direction": "D", "channel": "system"}
    fees = [
        {**row, **bank_fee, "transaction_id": f"fee-{number}"}
        for number, row in enumerate(moving.tables["transactions"][:200])
    ]
    rows = {name: given for name, given in moving.tables.items() if given}
    rows["transactions"] = [*rows["transactions"], *fees]
    packs = ("revenue", "engagement", "segmentation")
    return build(rows, packs=packs, parameters={"segmentation": {"minimum_pair_count": 10}})


@pytest.fixture(scope="module")
def together(company: ComposedProject) -> dict[str, Row]:
    return {row["customer_id"]: row for row in company.rows(QUERY)}


def test_everybody_is_there_once_closed_ones_too(moving: Any, alone: dict[str, Row]) -> None:
    onboarded = {row["customer_id"] for row in moving.tables["customers"] if row["onboarded_date"] <= LAST}

    assert alone.keys() == onboarded
    assert alone["left"]["stage"] == "closed"
    assert alone["left"]["spend_amount_365d"] is alone["left"]["next_best_product"] is None


def test_each_column_is_that_of_its_mart(moved: ComposedProject, alone: dict[str, Row]) -> None:
    for mart, columns in {
        "lifecycle": {"stage": "stage", "previous_stage": "previous_stage"},
        "customer_features": {
            **{name: name for name in ("spend_amount_365d", "product_type_count", "recency_days")},
            "tenure_months": "tenure_months",
        },
        "rfm": {"rfm_code": "rfm_code", "segment": "rfm_segment"},
        "cluster_assignment": {"cluster_name": "cluster_name"},
        "customer_lifetime_value": {
            name: name for name in ("alive_probability", "estimate_status", "value_tier")
        },
    }.items():
        rows = moved.rows(f"segmentation.segmentation__{mart}")
        newest = {row["customer_id"]: row for row in rows if row["snapshot_date"] == LAST}
        assert newest
        for name, whole in alone.items():
            for there, here in columns.items():
                assert whole[here] == newest.get(name, {}).get(there)


def test_the_first_offer_is_shown(moved: ComposedProject, alone: dict[str, Row]) -> None:
    first = {
        row["customer_id"]: row["product_type"]
        for row in moved.rows("segmentation.segmentation__next_best_product")
        if row["offer_rank"] == 1
    }

    assert first
    assert {
        name: row["next_best_product"] for name, row in alone.items() if row["next_best_product"]
    } == first


def test_without_the_other_packs_what_they_know_is_null_and_said(alone: dict[str, Row]) -> None:
    for row in alone.values():
        assert [row[name] for name in (*OF_REVENUE, *OF_ENGAGEMENT)] == [None] * 5
        assert {"no_revenue", "no_engagement"} <= set(row["capability_flags"].split(","))


def test_with_the_other_packs_their_figures_stand_there(
    company: ComposedProject, together: dict[str, Row]
) -> None:
    primary = company.rows("select * from engagement.engagement__primary_bank order by month_start")
    newest = {row["customer_id"]: row for row in primary if row["month_start"] == primary[-1]["month_start"]}

    assert newest
    for name, row in newest.items():
        assert (together[name]["is_primary"], together[name]["bank_relationship"]) == (
            row["is_primary"],
            row["bank_relationship"],
        )
    flags = {flag for row in together.values() for flag in row["capability_flags"].split(",")}
    assert flags.isdisjoint({"no_revenue", "no_engagement"})


def test_with_the_revenue_pack_a_life_is_worth_what_its_spend_earns(
    company: ComposedProject, together: dict[str, Row]
) -> None:
    (rate,) = company.rows(
        f"""
        select sum(fee_income_365d + interest_income_365d) / sum(spend_amount_365d) as income
        from segmentation.segmentation__customer_features where snapshot_date = date '{LAST}'
        """
    )
    valued = [row for row in together.values() if row["lifetime_value"] is not None]

    assert valued
    assert rate["income"] > 0
    for row in valued:
        expected = float(row["expected_spend"]) * rate["income"]
        assert float(row["lifetime_value"]) == pytest.approx(expected, rel=1e-4, abs=0.01)
