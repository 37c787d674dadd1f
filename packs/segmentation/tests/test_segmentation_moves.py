"""Who moves between states and who stays: every cell against a plain count, and some by hand."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from .made_payments import FIRST, LAST, Row, is_act

if TYPE_CHECKING:
    from fintech_accelerator.testing import ComposedProject

STATES = {"lifecycle": "stage", "rfm": "segment"}
LAST_MONTH = LAST.replace(day=1)


def number_of(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1


def month_of(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


@pytest.fixture(scope="module")
def transitions(moved: ComposedProject) -> list[Row]:
    return moved.rows("segmentation.segmentation__transitions")


@pytest.fixture(scope="module")
def cohorts(moved: ComposedProject) -> list[Row]:
    return moved.rows("segmentation.segmentation__cohort_retention")


@pytest.mark.parametrize("dimension", STATES)
def test_moves_are_those_of_a_plain_count(
    dimension: str, moved: ComposedProject, transitions: list[Row]
) -> None:
    rows = moved.rows(f"segmentation.segmentation__{dimension}")
    stood = {(row["customer_id"], number_of(row["month_start"])): row[STATES[dimension]] for row in rows}
    first, last = (pick(month for _, month in stood) for pick in (min, max))
    moves: Counter[tuple[date, str, str]] = Counter()
    for name in {name for name, _ in stood}:
        for month in range(first + 1, last + 1):
            before, after = stood.get((name, month - 1), "enter"), stood.get((name, month), "exit")
            if (before, after) != ("enter", "exit"):
                moves[month_of(month), before, after] += 1
    found = {
        (row["month_start"], row["from_state"], row["to_state"]): row["customer_count"]
        for row in transitions
        if row["dimension"] == dimension
    }

    assert found == moves
    assert {"enter", "exit"} <= {state for _, *pair in found for state in pair} or dimension == "lifecycle"


def test_the_chances_of_a_state_add_up_to_one(transitions: list[Row]) -> None:
    chances: defaultdict[tuple[str, date, str], list[Row]] = defaultdict(list)
    for row in transitions:
        chances[row["dimension"], row["month_start"], row["from_state"]].append(row)

    for rows in chances.values():
        assert abs(sum(row["probability"] for row in rows) - 1) < Decimal("1e-9")
        assert {row["from_count"] for row in rows} == {sum(row["customer_count"] for row in rows)}
    assert any(len(rows) > 2 for rows in chances.values())


def test_who_has_no_score_for_a_while_went_and_comes_back(
    moved: ComposedProject, transitions: list[Row]
) -> None:
    scored = {
        row["month_start"]
        for row in moved.rows("segmentation.segmentation__rfm")
        if row["customer_id"] == "sleeps-a-year"
    }
    came = {row["month_start"] for row in transitions if row["from_state"] == "enter"}
    went = {row["month_start"] for row in transitions if row["to_state"] == "exit"}

    assert max(scored) == LAST_MONTH
    assert month_of(number_of(LAST_MONTH) - 1) not in scored
    assert LAST_MONTH in came
    assert date(2026, 1, 1) in went  # 1 January 2025 leaves the window of 365 days


def counted(bank: Any) -> dict[tuple[date, str, int], tuple[int, int | None, int | None]]:
    """Cohort, segment and age -> who came, who acted in that month, who acted in it or later."""
    acts: defaultdict[str, set[int]] = defaultdict(set)
    for row in bank.tables["transactions"]:
        if row["status"] == "posted" and is_act(row):
            acts[row["customer_id"]].add(number_of(row["event_ts"].date()))
    members = defaultdict(list)
    for row in bank.tables["customers"]:
        if row["onboarded_date"] >= FIRST:
            month = row["onboarded_date"].replace(day=1)
            for segment in filter(None, ("all", row.get("onboarding_channel"))):
                members[month, segment].append(row["customer_id"])
    cells: dict[tuple[date, str, int], tuple[int, int | None, int | None]] = {}
    for (month, segment), names in members.items():
        for age in range(number_of(LAST) - number_of(FIRST) + 1):
            at = number_of(month) + age
            kept: tuple[int | None, int | None] = (None, None)
            if at < number_of(LAST):  # the running month is not over
                kept = (
                    sum(at in acts[name] for name in names),
                    sum(max(acts[name], default=0) >= at for name in names),
                )
            cells[month, segment, age] = (len(names), *kept)
    return cells


def test_cohorts_are_those_of_a_plain_count(moving: Any, cohorts: list[Row]) -> None:
    found = {
        (row["cohort_month"], row["segment"], row["age_months"]): (
            row["cohort_size"],
            row["retained_count"],
            row["rolling_retained_count"],
        )
        for row in cohorts
    }

    assert found == counted(moving)


def test_what_is_not_over_is_null_and_what_nobody_did_is_zero(cohorts: list[Row]) -> None:
    of_july = {
        row["age_months"]: (row["retention_rate"], row["rolling_retention_rate"])
        for row in cohorts
        if row["cohort_month"] == date(2025, 7, 1) and row["segment"] == "all"
    }
    third, two_thirds = Decimal("0.333333"), Decimal("0.666667")

    assert list(of_july.values())[:5] == [
        (two_thirds, two_thirds),
        (third, third),
        (0, third),
        (third, third),
        (0, 0),
    ]
    assert of_july[8] == (0, 0)  # March 2026, the last whole month
    assert of_july[9] == (None, None)  # the running month
    assert of_july[15] == (None, None)


def test_a_cohort_is_parted_by_the_channel_of_coming_only(cohorts: list[Row]) -> None:
    july = {row["segment"]: row["cohort_size"] for row in cohorts if row["cohort_month"] == date(2025, 7, 1)}

    assert july == {"all": 3, "web": 1, "branch": 1}


def test_who_came_before_the_data_is_in_no_cohort(cohorts: list[Row]) -> None:
    assert min(row["cohort_month"] for row in cohorts) == FIRST
    (first,) = {
        row["cohort_size"] for row in cohorts if row["cohort_month"] == FIRST and row["segment"] == "all"
    }
    assert "web" not in {row["segment"] for row in cohorts if row["cohort_month"] == FIRST}
    assert first == 4  # of the customers by chance; who came on 31 December is not among them
