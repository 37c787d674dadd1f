"""Runs are killed at ten random moments and in each late stage; the next run ends as if nothing had been.

The moments are drawn anew each time. A test that fails prints the seed; FINTECH_KILL_SEED=<seed> draws the
same moments again.
"""

from __future__ import annotations

import os
import random
import secrets
import subprocess
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
SEED = int(os.environ.get("FINTECH_KILL_SEED") or secrets.randbelow(1_000_000))
RANDOM_KILLS = 10
FIRST_RUNS = (0, 3, 6)  # of the ten; the others are increments
ATTEMPTS = 6
LATE_LINES = (
    "check ...",
    "publish tidy ...",
    "publish tidy: ",
)  # too short for chance to hit
Marts = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Undisturbed:
    """What a run that nobody kills ends with."""

    marts: Marts
    rows: Counter[str]
    seconds: float  # of the command's process, from its start to its end


def with_later(bank: SmallBank) -> SmallBank:
    bank.add("later.csv", LATER)
    return bank


def rows_of(bank: SmallBank) -> Counter[str]:
    """Files and what came of their rows, however many runs it took."""
    return Counter({" ".join(key): number for key, number in bank.balances().items()})


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], Undisturbed]:
    first = fresh_bank(tmp_path_factory.mktemp("first") / "bank")
    second = with_later(published_bank(tmp_path_factory.mktemp("second") / "bank"))
    known = {}
    for is_first, bank in ((True, first), (False, second)):
        started = time.monotonic()
        process = bank.start("run")
        _, told = process.communicate(timeout=300)
        seconds = time.monotonic() - started
        assert process.returncode == 0, told
        known[is_first] = Undisturbed(bank.marts(), rows_of(bank), seconds)
    return lambda first_run: known[first_run]


def made(folder: Path, *, first_run: bool) -> SmallBank:
    """A bank before the run that will be killed."""
    return fresh_bank(folder) if first_run else with_later(published_bank(folder))


def killed_after(seconds: float, folder: Path, *, first_run: bool) -> tuple[SmallBank, float]:
    """A bank whose run was killed so long after its start; earlier if this time the run was over by then."""
    for attempt in range(ATTEMPTS):
        bank = made(folder / str(attempt), first_run=first_run)
        process = bank.start("run")
        try:
            process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate(timeout=60)
            return bank, seconds
        seconds *= 0.8
    pytest.fail(f"the run was over before {seconds:.2f} s each time")


def killed_at(line: str, bank: SmallBank) -> None:
    """Run, and kill as soon as the run prints a line that begins so."""
    process = bank.start("run")
    assert process.stderr is not None
    seen: list[str] = []
    for text in process.stderr:
        seen.append(text.rstrip())
        if text.startswith(line):
            break
    process.kill()
    process.communicate(timeout=60)
    assert seen[-1].startswith(line), f"the run ended before: {seen}"


def assert_as_undisturbed(bank: SmallBank, expected: Undisturbed, before: Marts) -> None:
    """Readers saw the old publication or the whole new one, and the next run ends where a calm one does."""
    assert bank.marts() in (before, expected.marts)

    report = bank.go()

    assert pack_of(report).status in {"published", "unchanged"}
    assert bank.marts() == expected.marts
    assert rows_of(bank) == expected.rows
    statuses = [run.status for run in bank.runs()]
    assert statuses[-1] == report.status
    assert set(statuses) <= {"ok", "warned", "interrupted"}  # the one that was killed is not left running
    rest = [path.name for path in (bank.publications / "tidy").iterdir() if path.name.startswith(".")]
    assert rest == []


@pytest.mark.slow
@pytest.mark.parametrize("number", range(RANDOM_KILLS))
def test_the_run_after_one_killed_at_a_random_moment_ends_as_an_undisturbed_one(
    number: int,
    undisturbed: Callable[[bool], Undisturbed],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    first_run = number in FIRST_RUNS
    expected = undisturbed(first_run)
    share = random.Random(f"{SEED}-{number}").random()  # noqa: S311  (a moment, not a secret)

    bank, seconds = killed_after(share * expected.seconds, tmp_path, first_run=first_run)

    told = f"killed {seconds:.2f} s after its start, of {expected.seconds:.2f} s; FINTECH_KILL_SEED={SEED}"
    print(told)  # noqa: T201  (shown with a failure)
    record_property("killed", told)
    assert_as_undisturbed(bank, expected, {} if first_run else undisturbed(True).marts)


@pytest.mark.slow
@pytest.mark.parametrize("line", LATE_LINES)
def test_the_run_after_one_killed_in_a_late_stage_ends_as_an_undisturbed_one(
    line: str, undisturbed: Callable[[bool], Undisturbed], tmp_path: Path
) -> None:
    bank = made(tmp_path / "bank", first_run=False)

    killed_at(line, bank)

    assert_as_undisturbed(bank, undisturbed(False), undisturbed(True).marts)
