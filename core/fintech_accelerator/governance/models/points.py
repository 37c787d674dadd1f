"""A points table: for each feature some intervals, for each interval points; their sum is a logit."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

BASE = "(base)"
COLUMNS = ("model_version", "feature", "bin", "lower_bound", "upper_bound", "points", "mean_points")
PLACES = 6  # SQL adds decimals of six places, so a score is the same number on every engine


@dataclass(frozen=True)
class FeaturePoints:
    """One feature: `cuts` part its values; `points` has the missing value's first; `mean` is of training."""

    feature: str
    cuts: tuple[float, ...]
    points: tuple[float, ...]
    mean: float

    def of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The points of values: an interval holds its lower bound, not its upper one."""
        import numpy as np

        intervals = np.searchsorted(np.asarray(self.cuts), values, side="right") + 1
        chosen: NDArray[np.float64] = np.asarray(self.points)[np.where(np.isnan(values), 0, intervals)]
        return chosen


@dataclass(frozen=True)
class PointsTable:
    """An additive model: base and points, on the scale of log odds."""

    base: float
    features: tuple[FeaturePoints, ...]

    def logits(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The log odds of rows whose columns stand in the order of the features."""
        import numpy as np

        total = np.full(len(values), self.base)
        for number, feature in enumerate(self.features):
            total += feature.of(values[:, number])
        return total

    def scores(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The scores from 0 to 1."""
        import numpy as np

        scores: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-self.logits(values)))
        return scores

    def text(self, version: str) -> str:
        """The table as a CSV file; bin 0 is the missing value, an open end has no bound."""
        written = io.StringIO()
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerow((version, BASE, 0, "", "", _number(self.base), _number(0.0)))
        for feature in self.features:
            mean = _number(feature.mean)
            writer.writerow((version, feature.feature, 0, "", "", _number(feature.points[0]), mean))
            bounds = ["", *map(repr, feature.cuts), ""]
            for number, points in enumerate(feature.points[1:], start=1):
                row = (
                    version,
                    feature.feature,
                    number,
                    bounds[number - 1],
                    bounds[number],
                    _number(points),
                    mean,
                )
                writer.writerow(row)
        return written.getvalue()


def read_points(text: str) -> PointsTable:
    """Read what `PointsTable.text` wrote."""
    base = 0.0
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        if row["feature"] == BASE:
            base = float(row["points"])
        else:
            rows.setdefault(row["feature"], []).append(row)
    return PointsTable(base, tuple(_feature(name, found) for name, found in rows.items()))


def _feature(name: str, rows: Sequence[dict[str, str]]) -> FeaturePoints:
    return FeaturePoints(
        feature=name,
        cuts=tuple(float(row["upper_bound"]) for row in rows if row["upper_bound"]),
        points=tuple(float(row["points"]) for row in rows),
        mean=float(rows[0]["mean_points"]),
    )


def _number(value: float) -> str:
    return f"{value:.{PLACES}f}"
