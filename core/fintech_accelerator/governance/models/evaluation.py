"""Prequential evaluation: train on the past as it was known then, wait out the delay, test on the week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.errors import RunError
from fintech_accelerator.governance.models.dataset import DAY
from fintech_accelerator.governance.models.fitting import FitParameters, fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from fintech_accelerator.governance.models.dataset import Dataset

TEST_DAYS = 7
TRAIN_DAYS = 56
MOST_FOLDS = 4
CARDS = 100
FEWEST_POSITIVES = 30


@dataclass(frozen=True)
class Fold:
    """One test week: how much was learned from, how much tested, and how well it went."""

    test_from: str
    train_rows: int
    train_positives: int
    test_rows: int
    test_positives: int
    average_precision: float
    card_precision_100: float
    roc_auc: float


def evaluate(data: Dataset, delay_days: int, parameters: FitParameters) -> tuple[Fold, ...]:
    """The folds, oldest first. Raises RunError where the labels do not suffice for a single one."""
    folds = [fold for start in _starts(data) if (fold := _fold(data, start, delay_days, parameters))]
    if not folds:
        raise RunError(
            f"too few labels to train and to test on: {int(data.outcomes.sum())} positive of"
            f" {len(data.outcomes)} rows, and no week is left to test on",
            fix=f"wait for {FEWEST_POSITIVES} labels that are known before the last weeks; until then the"
            " pack's rules are all there is",
        )
    return tuple(reversed(folds))


def training_rows(data: Dataset, at: float, delay_days: int) -> NDArray[np.bool_]:
    """Rows old enough at a moment for their outcome to be known then, and not older than eight weeks more."""
    newest = at - delay_days * DAY
    rows: NDArray[np.bool_] = (data.times < newest) & (data.times >= newest - TRAIN_DAYS * DAY)
    return rows


def suffices(outcomes: NDArray[np.bool_]) -> bool:
    """Whether both outcomes are there, the rare one often enough."""
    positives = int(outcomes.sum())
    return FEWEST_POSITIVES <= positives < len(outcomes)


def _starts(data: Dataset) -> Iterator[float]:
    """Midnights at which test weeks begin, the newest whole week first."""
    end = (data.times.max() // DAY + 1) * DAY if len(data.times) else 0.0
    for number in range(1, MOST_FOLDS + 1):
        yield float(end - number * TEST_DAYS * DAY)


def _fold(data: Dataset, start: float, delay_days: int, parameters: FitParameters) -> Fold | None:
    import numpy as np
    from sklearn.metrics import average_precision_score, roc_auc_score

    train = training_rows(data, start, delay_days)
    known = data.outcomes_known(start)
    test = (data.times >= start) & (data.times < start + TEST_DAYS * DAY) & ~_compromised(data)
    truth = data.outcomes[test]
    if not suffices(known[train]) or not 0 < truth.sum() < len(truth):
        return None
    table = fit(data.features, data.values[train], known[train], parameters)
    scores = table.scores(data.values[test])
    return Fold(
        test_from=str(np.datetime64(int(start), "s").astype("datetime64[D]")),
        train_rows=int(train.sum()),
        train_positives=int(known[train].sum()),
        test_rows=int(test.sum()),
        test_positives=int(truth.sum()),
        average_precision=round(float(average_precision_score(truth, scores)), 6),
        card_precision_100=round(card_precision(data.times[test], data.groups[test], truth, scores), 6),
        roc_auc=round(float(roc_auc_score(truth, scores)), 6),
    )


def _compromised(data: Dataset) -> NDArray[np.bool_]:
    """Rows of a party that was known as positive before the row's day: nobody needs a score there."""
    import numpy as np

    first: dict[str, float] = {}
    for number in np.flatnonzero(data.outcomes):
        group = data.groups[number]
        first[group] = min(first.get(group, np.inf), float(data.known_at[number]))
    since = np.asarray([first.get(group, np.inf) for group in data.groups], dtype=np.float64)
    rows: NDArray[np.bool_] = since < data.times // DAY * DAY
    return rows


def card_precision(
    times: NDArray[np.float64],
    groups: NDArray[np.object_],
    outcomes: NDArray[np.bool_],
    scores: NDArray[np.float64],
    most: int = CARDS,
) -> float:
    """The mean over days of the share of true ones among the `most` parties with the highest score.

    A party that was found is not looked for on later days (Fraud Detection Handbook, chapter 4).
    """
    found: set[str] = set()
    shares: list[float] = []
    days = times // DAY
    for day in sorted(set(days.tolist())):
        best: dict[str, tuple[float, bool]] = {}
        for group, outcome, score in zip(
            groups[days == day], outcomes[days == day], scores[days == day], strict=True
        ):
            highest, is_true = best.get(group, (0.0, False))
            if group not in found:
                best[group] = (max(highest, float(score)), is_true or bool(outcome))
        ranked = sorted(best.items(), key=lambda each: (-each[1][0], each[0]))[:most]
        caught = {group for group, (_, is_true) in ranked if is_true}
        found |= caught
        shares.append(len(caught) / most)
    return sum(shares) / len(shares)
