"""The run lock: one process at a time, the second learns who, and a dead one holds nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.errors import EnvironmentFailure, RunInProgressError
from fintech_accelerator.ledger.run_lock import holder, run_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLD = """
import pathlib, sys
from fintech_accelerator.ledger.run_lock import run_lock
with run_lock(pathlib.Path(sys.argv[1]), command="fintech run --packs fraud"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".fintech" / "run.lock"


@contextmanager
def held_by_another(path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "held\n"
        yield process
        if process.poll() is None:
            process.stdin.write("\n")


def test_a_second_process_learns_who_works_since_when_and_what_to_do(path: Path) -> None:
    with held_by_another(path) as process:
        with pytest.raises(RunInProgressError) as caught, run_lock(path, command="fintech run"):
            pytest.fail("two at once")
        found = holder(path)

    assert found is not None
    assert f"process {process.pid} is working on this project" in caught.value.reason
    assert "`fintech run --packs fraud`, started 20" in caught.value.reason
    assert found["started_at"] in caught.value.reason
    assert f"kill {process.pid}" in caught.value.fix
    assert caught.value.exit_code == 3
    assert (found["pid"], found["command"]) == (process.pid, "fintech run --packs fraud")


def test_the_lock_is_free_when_its_holder_ends(path: Path) -> None:
    with held_by_another(path):
        pass

    assert holder(path) is None
    with run_lock(path, command="fintech run"):
        found = holder(path)
    assert found is not None
    assert found["pid"] == os.getpid()


def test_a_killed_holder_frees_it_and_is_not_named_any_more(path: Path) -> None:
    with held_by_another(path) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=30)

        assert "pid" in path.read_text()  # what it wrote is still there, and means nothing
        assert holder(path) is None
        with run_lock(path, command="fintech run"):
            pass


def test_one_process_cannot_take_it_twice(path: Path) -> None:
    with (
        run_lock(path, command="fintech run"),
        pytest.raises(RunInProgressError, match=f"process {os.getpid()}"),
        run_lock(path, command="fintech rollback fraud"),
    ):
        pytest.fail("two at once")


def test_an_error_inside_frees_it(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), run_lock(path, command="fintech run"):
        raise ZeroDivisionError

    with run_lock(path, command="fintech run"):
        pass


def test_a_holder_on_another_machine_is_named_with_it(path: Path) -> None:
    with held_by_another(path):
        text = path.read_text()
        path.write_text(text.replace('"host": "', '"host": "bank-42-'))

        with pytest.raises(RunInProgressError, match="on bank-42-") as caught, run_lock(path, command="x"):
            pytest.fail("two at once")
    assert "kill" not in caught.value.fix


def test_a_holder_that_has_not_yet_written_who_it_is_is_still_respected(path: Path) -> None:
    with held_by_another(path):
        path.write_text("")

        with pytest.raises(RunInProgressError, match="just begun"), run_lock(path, command="x"):
            pytest.fail("two at once")


def test_a_place_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with (
        pytest.raises(EnvironmentFailure, match="cannot be taken") as caught,
        run_lock(tmp_path / "file" / "run.lock", command="fintech run"),
    ):
        pytest.fail("there is nothing to lock")
    assert "written by this user" in caught.value.fix


def test_nobody_holds_a_lock_that_was_never_made(path: Path) -> None:
    assert holder(path) is None
    assert not path.exists()
