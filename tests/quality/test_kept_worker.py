"""The checking process of a program with several runs: one for all, until something is otherwise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.quality.processes import requests, runs, wait_until

from fintech_accelerator.quality.kept_worker import lent_worker

if TYPE_CHECKING:
    from tests.quality.conftest import Asker

PROGRAM = """
import sys
from pathlib import Path
from fintech_accelerator.quality.kept_worker import lent_worker
from tests.quality.processes import requests
for _ in range(2):
    with lent_worker() as worker:
        worker.check(Path(sys.argv[1]), requests(), temporary=Path(sys.argv[2]))
        print(worker.pid, worker._home.name)
"""


def _one_run(ask: Asker) -> int | None:
    with lent_worker() as worker:
        assert worker.check(ask.warehouse, requests(), temporary=ask.temporary)[0].expectations[0].success
        return worker.pid


def test_runs_of_one_program_share_a_process_that_ends_with_the_program(ask: Asker) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(ask.warehouse), str(ask.temporary)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )

    first, second = (line.split() for line in done.stdout.splitlines())
    assert first == second
    wait_until(lambda: not runs(int(first[0])), seconds=60)
    assert not Path(first[1]).exists()
    assert done.stderr == ""


def test_a_run_that_went_wrong_takes_its_process_with_it(ask: Asker) -> None:
    before = _one_run(ask)
    used = []

    def breaks() -> None:
        with lent_worker() as worker:
            used.append(worker.pid)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        breaks()
    assert used == [before]

    assert _one_run(ask) != before


def test_another_environment_has_another_process(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _one_run(ask)
    assert _one_run(ask) == before
    monkeypatch.setenv("PYTHONPATH", "/nowhere")

    assert _one_run(ask) != before


def test_two_runs_at_once_have_a_process_each() -> None:
    with lent_worker() as one, lent_worker() as other:
        assert one.pid != other.pid
