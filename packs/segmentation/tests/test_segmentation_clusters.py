"""Which cluster customers are nearest to, and what sets clusters apart: reckoned from the seeds."""

from __future__ import annotations

from collections import defaultdict
from math import log1p, sqrt
from statistics import fmean, pstdev, quantiles
from typing import TYPE_CHECKING, Any

import pytest

from .made_payments import LAST, Row
from .shipped_models import seed

if TYPE_CHECKING:
    from fintech_accelerator.testing import ComposedProject

SCALING = {row["feature"]: row for row in seed("cluster_scaling")}


@pytest.fixture(scope="module")
def features(moved: ComposedProject) -> dict[Any, Row]:
    rows = moved.rows("segmentation.segmentation__customer_features")
    return {(row["customer_id"], row["month_start"]): row for row in rows}


@pytest.fixture(scope="module")
def assignments(moved: ComposedProject) -> list[Row]:
    return moved.rows("segmentation.segmentation__cluster_assignment")


def scaled(name: str, value: Any) -> float:
    """A feature as the model knows it; one that is not known stands at the median."""
    if value is None:
        return 0.0
    facts = SCALING[name]
    bounded = min(max(float(value), float(facts["lower_bound"])), float(facts["upper_bound"]))
    if facts["is_logarithm"] == "1":
        bounded = log1p(max(bounded, 0))
    return (bounded - float(facts["median"])) / float(facts["spread"])


def test_each_customer_is_in_the_nearest_cluster_of_each_month(
    features: dict[Any, Row], assignments: list[Row]
) -> None:
    centroids: defaultdict[tuple[int, str], dict[str, float]] = defaultdict(dict)
    for given in seed("cluster_centroids"):
        centroids[int(given["cluster_id"]), given["cluster_name"]][given["feature"]] = float(
            given["centroid"]
        )

    assert {(row["customer_id"], row["month_start"]) for row in assignments} == features.keys()
    for row in assignments:
        facts = features[row["customer_id"], row["month_start"]]
        apart = sorted(
            (sqrt(sum((scaled(name, facts[name]) - place) ** 2 for name, place in centroid.items())), cluster)
            for cluster, centroid in centroids.items()
        )
        (nearest, chosen), (second, _) = apart[:2]
        assert float(row["distance"]) == pytest.approx(nearest, abs=2e-5)
        assert float(row["second_distance"]) == pytest.approx(second, abs=2e-5)
        if second - nearest > 1e-4:
            assert (row["cluster_id"], row["cluster_name"]) == chosen
        assert row["imputed_count"] == sum(facts[name] is None for name in SCALING)
    assert len({row["cluster_id"] for row in assignments}) > 1


def test_who_is_hardly_nearer_to_one_than_to_the_next_is_ambiguous(assignments: list[Row]) -> None:
    for row in assignments:
        margin = row["second_distance"] - row["distance"]
        assert row["is_ambiguous"] == (float(margin) < 0.1 * float(row["second_distance"]))
    assert {row["is_ambiguous"] for row in assignments} == {0, 1}


def test_the_seeds_say_whose_customers_they_were_made_of(assignments: list[Row]) -> None:
    assert {row["trained_on"] for row in assignments} == {"made-up bank"}
    assert SCALING.keys() == {row["feature"] for row in seed("cluster_centroids")}


def test_a_profile_is_that_of_the_customers_of_the_newest_snapshot(
    moved: ComposedProject, features: dict[Any, Row], assignments: list[Row]
) -> None:
    newest = [row for row in assignments if row["snapshot_date"] == LAST]
    values: defaultdict[tuple[int, str], list[float]] = defaultdict(list)
    everybody: defaultdict[str, list[float]] = defaultdict(list)
    for row in newest:
        for name in SCALING:
            value = features[row["customer_id"], row["month_start"]][name]
            if value is not None:
                values[row["cluster_id"], name].append(float(value))
                everybody[name].append(float(value))
    profile = moved.rows("segmentation.segmentation__cluster_profile")

    assert len(profile) == len(SCALING) * len({row["cluster_id"] for row in newest})
    for row in profile:
        mine, name = values[row["cluster_id"], row["feature"]], row["feature"]
        size = sum(each["cluster_id"] == row["cluster_id"] for each in newest)
        assert (row["customer_count"], row["known_count"]) == (size, len(mine))
        assert float(row["customer_share"]) == pytest.approx(size / len(newest), abs=1e-6)
        if mine:
            lower, median, upper = quantiles(mine, method="inclusive") if len(mine) > 1 else mine * 3
            assert float(row["mean_value"]) == pytest.approx(fmean(mine), abs=1e-4)
            assert [
                float(row[f"{each}"]) for each in ("lower_quartile", "median_value", "upper_quartile")
            ] == (pytest.approx([lower, median, upper], abs=1e-4))
            deviation = pstdev(everybody[name])
            if deviation:
                score = (fmean(mine) - fmean(everybody[name])) / deviation
                assert float(row["standard_score"]) == pytest.approx(score, abs=1e-4)


def test_the_first_feature_of_a_profile_sets_the_cluster_apart_most(moved: ComposedProject) -> None:
    ranked: defaultdict[int, list[Row]] = defaultdict(list)
    order = "order by cluster_id, distinction_rank"
    for row in moved.rows(f"select * from segmentation.segmentation__cluster_profile {order}"):
        ranked[row["cluster_id"]].append(row)

    for rows in ranked.values():
        scores = [abs(row["standard_score"] or 0) for row in rows]
        assert scores == sorted(scores, reverse=True)
        assert [row["distinction_rank"] for row in rows] == list(range(1, len(SCALING) + 1))


def test_clusters_are_a_dimension_of_moves_and_of_stability(moved: ComposedProject) -> None:
    (row,) = moved.rows(
        "select sum(customer_count) as moves from segmentation.segmentation__transitions"
        " where dimension = 'cluster' and from_state <> 'enter' and to_state <> 'exit'"
    )
    stability = moved.rows(
        "select * from segmentation.segmentation__stability where measured = 'cluster' order by month_start"
    )

    assert row["moves"] == sum(each["compared_count"] or 0 for each in stability) > 0
    assert stability[-1]["adjusted_rand_index"] is not None
