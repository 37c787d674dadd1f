"""Who is still alive and what is to come of them: SQL against the formulas, by other means than a series."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from math import exp, lgamma, log
from typing import TYPE_CHECKING, Any

import pytest

from .made_payments import LAST, Row, is_act, spend
from .shipped_models import seed

if TYPE_CHECKING:
    from fintech_accelerator.testing import ComposedProject

Model = dict[str, float]
CDNOW: Model = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}  # Fader, Hardie and Lee, 2005


@pytest.fixture(scope="module")
def model() -> Model:
    (row,) = seed("lifetime_value")
    return {name: float(value) for name, value in row.items() if name not in {"model_version", "trained_on"}}


@pytest.fixture(scope="module")
def values(moved: ComposedProject) -> dict[str, Row]:
    rows = moved.rows("segmentation.segmentation__customer_lifetime_value")
    return {row["customer_id"]: row for row in rows}


def hypergeometric(first: float, second: float, third: float, at: float) -> float:
    """Gauss's function by Euler's transformation and its series, far beyond what a double can tell."""
    total = term = 1.0
    for number in range(4000):
        term *= (third - first + number) * (third - second + number) / (third + number) / (number + 1) * at
        total += term
    return total * exp((third - first - second) * log(1 - at))


def alive(model: Model, repeats: int, last: float, observed: float) -> float:
    """By the densities that the model multiplies: to be alive over to be alive or gone since the last act."""
    r, alpha, a, b = (model[name] for name in ("r", "alpha", "a", "b"))

    def beta(one: float, two: float) -> float:
        return lgamma(one) + lgamma(two) - lgamma(one + two)

    lives = beta(a, b + repeats) - (r + repeats) * log(alpha + observed)
    gone = beta(a + 1, b + repeats - 1) - (r + repeats) * log(alpha + last)
    return 1 / (1 + exp(gone - lives))


def expected(model: Model, repeats: int, last: float, observed: float, ahead: float) -> float:
    r, alpha, a, b = (model[name] for name in ("r", "alpha", "a", "b"))
    third = a + b + repeats - 1
    series = hypergeometric(r + repeats, b + repeats, third, ahead / (alpha + observed + ahead))
    decay = exp((r + repeats) * log((alpha + observed) / (alpha + observed + ahead)))
    return third / (a - 1) * (1 - decay * series) * alive(model, repeats, last, observed)


def test_the_reckoning_of_these_tests_gives_the_published_example() -> None:
    assert expected(CDNOW, 2, 30.43, 38.86, 39) == pytest.approx(1.226, abs=5e-4)


def test_histories_are_the_weeks_since_the_first_act(moving: Any, values: dict[str, Row]) -> None:
    days: defaultdict[str, list[Row]] = defaultdict(list)
    for row in moving.tables["transactions"]:
        if row["status"] == "posted":
            days[row["customer_id"]].append(
                {**row, "day": row["event_ts"].date(), "amount": Decimal(str(row["amount"]))}
            )
    ended = {row["customer_id"] for row in moving.tables["customers"] if row["relationship_end_date"]}
    acted = {name for name, rows in days.items() if any(map(is_act, rows))}

    assert values.keys() == acted - ended
    for name, row in values.items():
        first = min(each["day"] for each in days[name] if is_act(each))
        weeks = {(each["day"] - first).days // 7 for each in days[name] if is_act(each)}
        repeated = len(weeks) - 1
        assert (row["repeat_weeks"], row["last_active_week"]) == (repeated, max(weeks))
        assert row["observed_weeks"] == (LAST - first).days // 7
        later = spend(each for each in days[name] if (each["day"] - first).days >= 7)
        assert float(row["mean_spend"] or 0) == pytest.approx(
            float(later) / repeated if repeated else 0, abs=0.006
        )


def test_chances_and_weeks_to_come_are_those_of_the_model(values: dict[str, Row], model: Model) -> None:
    estimated = [row for row in values.values() if row["repeat_weeks"]]

    for row in estimated:
        history = (row["repeat_weeks"], row["last_active_week"], row["observed_weeks"])
        weeks = expected(model, *history, 12 * 365.25 / 84)
        assert float(row["alive_probability"]) == pytest.approx(alive(model, *history), abs=1e-8)
        assert float(row["expected_active_weeks"]) == pytest.approx(weeks, rel=1e-6, abs=2e-6)
    assert len({row["alive_probability"] for row in estimated}) > 10


def test_what_is_to_come_is_discounted_month_by_month(values: dict[str, Row], model: Model) -> None:
    for row in values.values():
        if row["estimate_status"] != "estimated":
            continue
        repeats, mean = row["repeat_weeks"], float(row["mean_spend"])
        history = (repeats, row["last_active_week"], row["observed_weeks"])
        weeks = [expected(model, *history, month * 365.25 / 84) for month in range(13)]
        weight = model["p"] * repeats / (model["p"] * repeats + model["q"] - 1)
        week = (1 - weight) * model["v"] * model["p"] / (model["q"] - 1) + weight * mean
        money = sum((weeks[month] - weeks[month - 1]) / 1.1 ** (month / 12) for month in range(1, 13)) * week
        assert float(row["expected_week_spend"]) == pytest.approx(week, abs=0.006)
        assert float(row["expected_spend"]) == pytest.approx(money, rel=1e-5, abs=0.02)


def test_who_never_came_back_is_not_estimable_and_not_certainly_alive(values: dict[str, Row]) -> None:
    row = values["before-the-data"]

    assert (row["repeat_weeks"], row["estimate_status"]) == (0, "not estimable")
    for name in (
        "alive_probability",
        "expected_active_weeks",
        "expected_spend",
        "lifetime_value",
        "value_tier",
    ):
        assert row[name] is None


def test_without_spend_there_is_a_chance_but_no_money(values: dict[str, Row]) -> None:
    refunded = [row for row in values.values() if row["repeat_weeks"] and row["mean_spend"] <= 0]

    assert refunded
    for row in refunded:
        assert row["estimate_status"] == "no spend"
        assert row["alive_probability"] > 0
        assert row["expected_spend"] is row["value_tier"] is None


def test_tiers_are_parts_of_all_that_is_to_come_and_not_of_heads(values: dict[str, Row]) -> None:
    ranked = sorted(
        (row for row in values.values() if row["expected_spend"] is not None),
        key=lambda row: (-row["expected_spend"], row["customer_id"]),
    )
    whole = sum(row["expected_spend"] for row in ranked)
    before = 0
    for row in ranked:
        tier = "top" if before < whole / 5 else "middle" if before < whole / 2 else "base"
        assert row["value_tier"] == tier
        before += row["expected_spend"]
    assert {row["value_tier"] for row in ranked} == {"top", "middle", "base"}


def test_without_the_revenue_pack_spend_is_known_and_value_is_not(values: dict[str, Row]) -> None:
    assert {row["lifetime_value"] for row in values.values()} == {None}
    assert all("no_revenue" in row["capability_flags"] for row in values.values())
