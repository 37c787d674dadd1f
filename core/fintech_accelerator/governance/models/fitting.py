"""Fitting a points table: boosted trees of one split, whose steps add up to points for each interval."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import EnvironmentFailure
from fintech_accelerator.governance.models.points import PLACES, FeaturePoints, PointsTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from sklearn.ensemble import HistGradientBoostingClassifier


@dataclass(frozen=True)
class FitParameters:
    """What a fit depends on beside its rows."""

    rounds: int = 300
    learning_rate: float = 0.1
    smallest_bin: int = 20
    quantiles: int = 50  # of all rows, and of the positive ones: where a feature may be cut
    seed: int = 20180401

    def as_dict(self) -> dict[str, Any]:
        """For the card and the inventory."""
        return asdict(self)


def require_libraries() -> None:
    """Raise EnvironmentFailure where the extra `ml` is not installed."""
    try:
        import sklearn  # noqa: F401  (whether it is there)
    except ImportError as cause:
        raise EnvironmentFailure(
            "training needs scikit-learn, which is not installed",
            fix="pip install 'fintech-accelerator[ml]'; a warehouse that only scores does not need it",
        ) from cause


def fit(
    features: Sequence[str],
    values: NDArray[np.float64],
    outcomes: NDArray[np.bool_],
    parameters: FitParameters,
) -> PointsTable:
    """Fit a table to rows with both outcomes among them.

    Features are cut into numbered intervals first, 0 for the missing value, and the trees see only the
    numbers: so the points of an interval are what the sum of the trees says there, exactly.
    """
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    cuts = [_cuts(column, outcomes, parameters.quantiles) for column in values.T]
    codes = np.column_stack([_codes(column, each) for column, each in zip(values.T, cuts, strict=True)])
    trees = HistGradientBoostingClassifier(
        max_iter=parameters.rounds,
        learning_rate=parameters.learning_rate,
        max_depth=1,
        min_samples_leaf=parameters.smallest_bin,
        early_stopping=False,
        random_state=parameters.seed,
    )
    with threadpool_limits(1):  # trees of one split: threads cost more than they bring, and may sum otherwise
        trees.fit(codes, outcomes)
    origin = np.zeros((1, len(features)))
    tables = []
    base = float(trees.decision_function(origin)[0])
    for number, name in enumerate(features):
        weights = _steps(trees, len(features), number, len(cuts[number]) + 2)
        tables.append(_points(name, cuts[number], codes[:, number], weights))
    return PointsTable(round(base, PLACES), tuple(tables))


def _cuts(column: NDArray[np.float64], outcomes: NDArray[np.bool_], quantiles: int) -> tuple[float, ...]:
    """Where a feature may be cut: the rare outcome has its own quantiles, since it lives in the tails."""
    import numpy as np

    present = ~np.isnan(column)
    shares = np.linspace(0.0, 1.0, quantiles + 1)
    found: set[float] = set()
    for rows in (column[present], column[present & outcomes]):
        if len(rows):
            found |= {round(float(each), PLACES) for each in np.quantile(rows, shares)}
    return tuple(sorted(found))[1:]


def _codes(column: NDArray[np.float64], cuts: tuple[float, ...]) -> NDArray[np.float64]:
    import numpy as np

    inside = np.searchsorted(np.asarray(cuts), column, side="right") + 1
    codes: NDArray[np.float64] = np.where(np.isnan(column), 0, inside).astype(np.float64)
    return codes


def _steps(
    trees: HistGradientBoostingClassifier, features: int, number: int, codes: int
) -> NDArray[np.float64]:
    """What each interval of one feature adds to the base."""
    import numpy as np

    probes = np.zeros((codes, features))
    probes[:, number] = np.arange(codes)
    logits = trees.decision_function(probes)
    return np.asarray(logits - logits[0], dtype=np.float64)


def _points(
    name: str, cuts: tuple[float, ...], codes: NDArray[np.float64], weights: NDArray[np.float64]
) -> FeaturePoints:
    """Neighbours with equal points are one interval; a missing value that never occurred gets the mean."""
    import numpy as np

    rounded = [round(float(weight), PLACES) for weight in weights]
    counts = np.bincount(codes.astype(np.int64), minlength=len(weights))
    mean = round(float(np.average(rounded, weights=counts)), PLACES)
    kept = [index for index in range(len(cuts)) if rounded[index + 1] != rounded[index + 2]]
    points = [rounded[0] if counts[0] else mean, rounded[1], *(rounded[index + 2] for index in kept)]
    return FeaturePoints(name, tuple(cuts[index] for index in kept), tuple(points), mean)
