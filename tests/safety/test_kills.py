"""Ten runs are killed, each at another moment; the run after each ends as if nothing had happened."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.pipeline.small_bank import SmallBank, fresh_bank, pack_of, payments, published_bank

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LATER = [
    *payments(3, days=3),
    "t010000,a0,2026-01-01 08:15:00,1.50,C",  # corrects a payment of January
    "t020036,a0,2026-02-11 08:15:00,19.00,C",  # was of the tenth
    "bad,a1,2026-02-11 08:15:00,nothing,C",
]
STAGES = ("land", "load", "build", "check", "publish")


@dataclass(frozen=True)
class Moment:
    """When a run is killed: once it printed the n-th line that begins so, and a little later."""

    line: str
    number: int = 1
    first_run: bool = False

    @property
    def stage(self) -> str:
        return self.line.split()[0].rstrip(":.")

    def __str__(self) -> str:
        return f"{'first run' if self.first_run else 'increment'}, {self.line} {self.number}"


MOMENTS = (
    Moment("land ..."),
    Moment("load ..."),
    Moment("  load: "),
    Moment("  load: ", 2, first_run=True),
    Moment("  build: ", 20, first_run=True),
    Moment("  build: ", 6),
    Moment("  build: ", 40),
    Moment("check ..."),
    Moment("publish tidy ..."),
    Moment("publish tidy: "),
)


@dataclass(frozen=True)
class Undisturbed:
    """What a run that nobody kills ends with."""

    marts: dict[str, list[tuple[object, ...]]]
    rows: Counter[str]


def with_later(bank: SmallBank) -> SmallBank:
    bank.add("later.csv", LATER)
    return bank


def rows_of(bank: SmallBank) -> Counter[str]:
    """Files and what came of their rows, however many runs it took."""
    return Counter({" ".join(key): number for key, number in bank.balances().items()})


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], Undisturbed]:
    first = published_bank(tmp_path_factory.mktemp("first") / "bank")
    second = with_later(published_bank(tmp_path_factory.mktemp("second") / "bank"))
    assert pack_of(second.go()).status == "published"
    known = {
        is_first: Undisturbed(bank.marts(), rows_of(bank))
        for is_first, bank in ((True, first), (False, second))
    }
    return lambda first_run: known[first_run]


def killed(bank: SmallBank, moment: Moment, delay: float) -> list[str]:
    """Run and kill -9 at the moment; what it had printed until then."""
    process = bank.start("run")
    assert process.stderr is not None
    seen: list[str] = []
    matching = 0
    for line in process.stderr:
        seen.append(line.rstrip())
        matching += line.startswith(moment.line)
        if matching == moment.number:
            break
    time.sleep(delay)
    process.kill()
    process.communicate(timeout=60)
    assert matching == moment.number, f"the run ended before: {seen}"
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_the_run_after_a_killed_one_ends_as_an_undisturbed_one(
    moment: Moment,
    undisturbed: Callable[[bool], Undisturbed],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    expected = undisturbed(moment.first_run)
    bank = fresh_bank(tmp_path / "bank") if moment.first_run else published_bank(tmp_path / "bank")
    before = bank.marts()
    if not moment.first_run:
        with_later(bank)
    delay = random.Random(str(moment)).uniform(0, 0.05)  # noqa: S311  (a seed, not a secret)

    printed = killed(bank, moment, delay)

    record_property("killed", f"{delay:.3f} s after: {printed[-1]}")
    served = bank.marts()
    assert served == before or (moment.stage == "publish" and served == expected.marts)

    report = bank.go()

    assert pack_of(report).status in {"published", "unchanged"}
    assert bank.marts() == expected.marts
    assert rows_of(bank) == expected.rows
    statuses = [run.status for run in bank.runs()]
    assert statuses[-2] == "interrupted" or printed[-1].startswith("publish tidy: ")
    assert statuses[-1] == report.status
    rest = [path.name for path in (bank.publications / "tidy").iterdir() if path.name.startswith(".")]
    assert rest == []


def test_the_moments_lie_in_all_stages() -> None:
    assert len(MOMENTS) == 10
    assert {moment.stage for moment in MOMENTS} == set(STAGES)
