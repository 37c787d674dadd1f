"""How stable segments and features are: each index against a plain reckoning of its definition."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from itertools import combinations, pairwise
from math import ceil, log
from typing import TYPE_CHECKING, Any

import pytest

from .made_payments import FIRST, Row

if TYPE_CHECKING:
    from fintech_accelerator.testing import ComposedProject

BASELINE = date(2025, 12, 31)  # the first snapshot with 365 days of data
STATES = {"lifecycle": "stage", "rfm": "segment"}
FEATURES = ("recency_days", "spend_amount_90d", "cash_share_90d", "product_type_count", "tenure_months")


@pytest.fixture(scope="module")
def stability(moved: ComposedProject) -> dict[tuple[str, date], Row]:
    rows = moved.rows("segmentation.segmentation__stability")
    return {(row["measured"], row["snapshot_date"]): row for row in rows}


def index(now: Counter[Any], expected: Counter[Any]) -> float:
    total = 0.0
    for category in {*now, *expected}:
        share, before = (max(counter[category] / counter.total(), 0.0001) for counter in (now, expected))
        total += (share - before) * log(share / before)
    return total


@pytest.mark.parametrize("dimension", STATES)
def test_the_index_of_segments_is_that_of_its_definition(
    dimension: str, moved: ComposedProject, stability: dict[tuple[str, date], Row]
) -> None:
    spread: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for row in moved.rows(f"segmentation.segmentation__{dimension}"):
        spread[row["snapshot_date"]][row[STATES[dimension]]] += 1

    for day, counter in spread.items():
        row = stability[dimension, day]
        assert row["customer_count"] == counter.total()
        if day < BASELINE:
            assert row["stability_index"] is row["stability_band"] is None
        else:
            assert float(row["stability_index"]) == pytest.approx(index(counter, spread[BASELINE]), abs=1e-6)
    assert stability[dimension, BASELINE]["stability_index"] == 0


@pytest.mark.parametrize("feature", FEATURES)
def test_the_index_of_a_feature_parts_it_as_the_baseline_does(
    feature: str, moved: ComposedProject, stability: dict[tuple[str, date], Row]
) -> None:
    values: defaultdict[date, list[Any]] = defaultdict(list)
    for row in moved.rows("segmentation.segmentation__customer_features"):
        values[row["snapshot_date"]].append(row[feature])
    known = sorted(value for value in values[BASELINE] if value is not None)
    cuts = []
    for tenth in range(1, 10):  # the greatest value whose rank, ties together, is within the tenth
        within = [
            value
            for value in known
            if ceil(10 * sum(other <= value for other in known) / len(known)) <= tenth
        ]
        cuts.append(max(within, default=None))

    def spread(day: date) -> Counter[Any]:
        return Counter(
            None if value is None else sum(cut is not None and value > cut for cut in cuts)
            for value in values[day]
        )

    for day in values:
        if day >= BASELINE:
            expected = index(spread(day), spread(BASELINE))
            assert float(stability[feature, day]["stability_index"]) == pytest.approx(expected, abs=1e-6)
    assert any(stability[feature, day]["stability_index"] for day in values if day > BASELINE)


@pytest.mark.parametrize("dimension", STATES)
def test_the_rand_index_is_that_of_counting_pairs_of_customers(
    dimension: str, moved: ComposedProject, stability: dict[tuple[str, date], Row]
) -> None:
    states: defaultdict[date, dict[str, str]] = defaultdict(dict)
    for row in moved.rows(f"segmentation.segmentation__{dimension}"):
        states[row["snapshot_date"]][row["customer_id"]] = row[STATES[dimension]]
    days = sorted(states)

    for before, after in pairwise(days):
        names = sorted(states[before].keys() & states[after].keys())
        pairs = Counter(
            (states[before][one] == states[before][two], states[after][one] == states[after][two])
            for one, two in combinations(names, 2)
        )
        alike, only_before, only_after = pairs[True, True], pairs[True, False], pairs[False, True]
        chance = (alike + only_before) * (alike + only_after) / pairs.total()
        expected = (alike - chance) / ((2 * alike + only_before + only_after) / 2 - chance)
        row = stability[dimension, after]
        moved_count = sum(states[before][name] != states[after][name] for name in names)
        assert row["compared_count"] == len(names)
        assert float(row["migration_rate"]) == pytest.approx(moved_count / len(names), abs=1e-6)
        assert float(row["adjusted_rand_index"]) == pytest.approx(expected, abs=1e-6)
    assert stability[dimension, days[0]]["adjusted_rand_index"] is None


def test_bands_part_at_their_thresholds(stability: dict[tuple[str, date], Row]) -> None:
    bands: Counter[str] = Counter()
    for row in stability.values():
        found = row["stability_index"]
        if found is not None:
            expected = "stable" if found < 0.1 else "watch" if found <= 0.25 else "act"
            assert row["stability_band"] == expected
            bands[expected] += 1
    assert bands.keys() == {"stable", "watch", "act"}


def test_all_is_held_against_the_first_snapshot_with_a_whole_window(
    stability: dict[tuple[str, date], Row],
) -> None:
    assert {row["baseline_date"] for row in stability.values()} == {BASELINE}
    assert {row["is_provisional"] for row in stability.values()} == {0}
    assert (BASELINE - FIRST).days + 1 == 365
