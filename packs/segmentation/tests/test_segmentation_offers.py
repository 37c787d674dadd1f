"""Which products go together and what is offered to whom: against a plain count, and rule by rule."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from .made_moves import MAY_BE, OFFERED
from .made_payments import LAST, Row

if TYPE_CHECKING:
    from fintech_accelerator.testing import ComposedProject

CREDIT = {"mortgage"}


@pytest.fixture(scope="module")
def affinity(moved: ComposedProject) -> dict[tuple[str, str], Row]:
    rows = moved.rows("segmentation.segmentation__product_affinity")
    return {(row["product_a"], row["product_b"]): row for row in rows}


@pytest.fixture(scope="module")
def offers(moved: ComposedProject) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in moved.rows("select * from segmentation.segmentation__next_best_product order by offer_rank"):
        found.setdefault(row["customer_id"], []).append(row)
    return found


def first_days(bank: Any) -> dict[str, dict[str, date]]:
    """Customer -> product -> the day on which the first was opened."""
    days: dict[str, dict[str, date]] = {}
    for row in bank.tables["accounts"]:
        mine = days.setdefault(row["primary_customer_id"], {})
        opened = row["opened_date"]
        mine[row["product_type"]] = min(opened, mine.get(row["product_type"], opened))
    return days


def test_products_go_together_as_a_plain_count_says(
    moving: Any, affinity: dict[tuple[str, str], Row]
) -> None:
    days = first_days(moving)
    gone = {row["customer_id"] for row in moving.tables["customers"] if row["relationship_end_date"]}
    living = {name: held for name, held in days.items() if name not in gone}
    products = {product for held in days.values() for product in held}

    assert affinity.keys() == set(permutations(products, 2))
    for (first, second), row in affinity.items():
        both = sum({first, second} <= held.keys() for held in living.values())
        holds = [sum(product in held for held in living.values()) for product in (first, second)]
        followed = [
            (held[first], held.get(second))
            for held in days.values()
            if first in held
            and held[first] + timedelta(days=180) <= LAST
            and held.get(second, date.max) > held[first]
        ]
        took = sum(then is not None and then <= day + timedelta(days=180) for day, then in followed)
        assert row["customer_count"] == len(living)
        assert (row["pair_count"], row["holder_count_a"], row["holder_count_b"]) == (both, *holds)
        assert (row["followed_count"], row["acquired_count"]) == (len(followed), took)
        assert row["support"] == rounded(both, len(living))
        assert row["confidence"] == rounded(both, holds[0])
        assert row["lift"] == rounded(both * len(living), holds[0] * holds[1])
        assert row["temporal_confidence"] == rounded(took, len(followed))


def rounded(part: int, whole: int) -> Decimal | None:
    return round(Decimal(part) / whole, 6) if whole else None


def test_the_second_product_follows_from_the_day_after_to_the_last_day_of_the_window(
    moved: ComposedProject,
) -> None:
    (row,) = moved.rows(
        """
        select sum(case when second_days between 1 and 180 then 1 else 0 end) as within, count(*) as savers
        from (
            select date_diff('day', firsts.first_opened_date, seconds.first_opened_date) as second_days
            from segmentation.int_segmentation__product_holders as firsts
            inner join segmentation.int_segmentation__product_holders as seconds using (customer_id)
            where customer_id like 'saver-%' and firsts.product_type = 'checking'
                and seconds.product_type = 'savings'
        )
        """
    )

    assert (row["within"], row["savers"]) == (7, 10)  # not on the same day, not before, not on day 181


def test_a_pair_is_relied_on_from_the_least_count_on(affinity: dict[tuple[str, str], Row]) -> None:
    for row in affinity.values():
        assert row["is_reliable"] == (row["pair_count"] >= 10 and row["followed_count"] >= 10)
    assert {row["is_reliable"] for row in affinity.values()} == {0, 1}


@pytest.mark.parametrize("name", OFFERED)
def test_only_who_may_be_offered_something_is(name: str, offers: dict[str, list[Row]]) -> None:
    assert (name in offers) == (name in MAY_BE)


def test_nobody_is_offered_anything_without_having_consented(offers: dict[str, list[Row]]) -> None:
    assert offers.keys() == MAY_BE


def test_nobody_is_offered_what_they_hold(offers: dict[str, list[Row]], moving: Any) -> None:
    days = first_days(moving)

    assert [name for name, rows in offers.items() for row in rows if row["product_type"] in days[name]] == []
    assert {row["product_type"] for row in offers["has-savings"]} == {"mortgage"}


def test_who_is_late_is_offered_no_credit_and_nobody_is_approved(offers: dict[str, list[Row]]) -> None:
    assert {row["product_type"] for row in offers["late"]} == {"savings"}
    assert {row["product_type"] for row in offers["welcome"]} == {"savings", "mortgage"}
    kinds = {(row["product_type"] in CREDIT, row["offer_kind"]) for rows in offers.values() for row in rows}
    assert kinds == {(True, "eligible for invitation"), (False, "offer")}


def test_the_best_offer_is_what_most_often_follows(
    offers: dict[str, list[Row]], affinity: dict[tuple[str, str], Row]
) -> None:
    first, second = offers["welcome"]

    assert (first["product_type"], first["basis"], first["because_of_product"]) == (
        *("savings", "affinity"),
        "checking",
    )
    assert first["temporal_confidence"] == affinity["checking", "savings"]["temporal_confidence"] > 0
    assert (second["product_type"], second["basis"], second["temporal_confidence"]) == (
        *("mortgage", "spread"),
        None,
    )
    assert [row["offer_rank"] for row in offers["welcome"]] == [1, 2]


def test_without_the_revenue_pack_no_offer_is_worth_a_sum(offers: dict[str, list[Row]]) -> None:
    for rows in offers.values():
        for row in rows:
            assert row["income_per_account"] is row["expected_income"] is None
            assert "no_revenue" in row["capability_flags"]
