"""The checking process as a process: it starts early, dies loudly, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.quality.conftest import rows_rule, rule, suite_of
from tests.quality.processes import is_open, requests, runs, wait_until

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.errors import CheckError
from fintech_accelerator.quality.worker import CheckWorker

if TYPE_CHECKING:
    from tests.quality.conftest import Asker

ENDLESS = suite_of(
    rows_rule(
        "r1",
        "select a.payment_id from {batch} as a cross join {batch} as b cross join {batch} as c"
        " cross join {batch} as d cross join {batch} as e cross join {batch} as f"
        " where a.amount * b.amount * c.amount * d.amount * e.amount * f.amount = 0.123",
    )
)
WATCH = """
import os, sys
folder = os.environ["PYTHONPATH"]
with open(folder + "/environment.txt", "w") as file:
    file.write("\\n".join(os.environ))
def watch(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        with open(folder + "/events.txt", "a") as file:
            file.write(event + "\\n")
sys.addaudithook(watch)
"""
HARMLESS = {"socket.bind"}  # a library asks whether this machine knows IPv6; the process refuses even that


def test_the_process_is_started_before_anything_is_asked(ask: Asker) -> None:
    with CheckWorker() as worker:
        early = worker.pid
        found = worker.check(ask.warehouse, requests(), temporary=ask.temporary)
        assert worker.pid == early is not None

    assert found[0].expectations[0].success
    assert worker.pid is None


def test_a_process_that_is_killed_is_told_with_its_exit_code(ask: Asker) -> None:
    with CheckWorker() as worker:
        worker.check(ask.warehouse, requests(), temporary=ask.temporary)
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(CheckError, match="checking process") as caught:
            worker.check(ask.warehouse, requests(), temporary=ask.temporary)
        assert "-9" in caught.value.reason
        assert "run again" in caught.value.fix

        again = worker.check(ask.warehouse, requests(), temporary=ask.temporary)

    assert again[0].expectations[0].success


def test_a_process_that_dies_at_its_start_is_told_with_its_last_words(
    ask: Asker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "great_expectations.py").write_text("raise ImportError('this installation is broken')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with CheckWorker() as worker, pytest.raises(CheckError, match="ended while starting") as caught:
        worker.check(ask.warehouse, requests(), temporary=ask.temporary)
    assert "this installation is broken" in caught.value.reason


def test_a_check_that_takes_too_long_is_given_up_and_the_file_is_free(ask: Asker) -> None:
    with CheckWorker() as worker:
        worker.check(ask.warehouse, requests(), temporary=ask.temporary)
        with pytest.raises(CheckError, match="did not answer in time"):
            worker.check(ask.warehouse, requests(ENDLESS), temporary=ask.temporary, seconds=1)
        with open_warehouse(ask.warehouse) as connection:  # a writer
            connection.execute("create or replace table shop.proof as select 2 as a")


def test_a_run_that_is_killed_leaves_no_process_and_no_folder(ask: Asker, tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from fintech_accelerator.quality.worker import CheckWorker
from tests.quality.test_worker import ENDLESS
from tests.quality.processes import requests
worker = CheckWorker()
worker.start()
print(worker.pid, worker._home.name, flush=True)
worker.check(Path({str(ask.warehouse)!r}), requests(ENDLESS), temporary=Path({str(tmp_path)!r}))
"""
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root, text=True
    ) as run:
        assert run.stdout is not None
        number, home = run.stdout.readline().split()
        pid = int(number)
        wait_until(lambda: is_open(pid, ask.warehouse), seconds=300)
        run.kill()

    wait_until(lambda: not runs(pid), seconds=60)
    assert not Path(home).exists()


def test_the_folder_of_a_run_and_a_process_that_both_died_goes_with_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code = """
import sys
from fintech_accelerator.quality.worker import CheckWorker
worker = CheckWorker()
worker.start()
print(worker.pid, worker._home.name, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        text=True,
    ) as run:
        assert run.stdout is not None
        number, name = run.stdout.readline().split()
        home, stranger = Path(name), tmp_path / "fintech-checkout"
        stranger.mkdir()
        for folder in (home, stranger):
            _make_old(folder)
        with CheckWorker():
            assert home.is_dir(), "its run lives"
        os.kill(int(number), signal.SIGKILL)
        with CheckWorker():
            assert home.is_dir(), "its run may want to read the last words"
        run.kill()
    _make_old(home)

    with CheckWorker() as worker:
        assert not home.exists()
        assert worker._home is not None
        assert sorted(tmp_path.iterdir()) == sorted([Path(worker._home.name), stranger])


def _make_old(folder: Path) -> None:
    long_ago = time.time() - 3600
    os.utime(folder, (long_ago, long_ago))


def test_a_process_sees_no_secret_reaches_no_network_prints_nothing_and_leaves_nothing(
    ask: Asker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("BANK_PASSWORD", "hunter2")
    broken = suite_of(rule("r1", "expect_column_values_to_not_be_null", column="gone"))

    with CheckWorker() as worker:
        worker.check(ask.warehouse, requests(broken), temporary=ask.temporary)
        home = Path(worker._home.name) if worker._home else Path()
        assert [path.name for path in home.rglob("*") if path.is_file()] == ["words.txt"]

    names = (tmp_path / "environment.txt").read_text().splitlines()
    assert "BANK_PASSWORD" not in names
    assert "GX_ANALYTICS_ENABLED" in names
    events = tmp_path / "events.txt"
    assert set(events.read_text().splitlines() if events.exists() else []) <= HARMLESS
    assert not home.exists()
    assert capfd.readouterr() == ("", "")


def test_the_process_refuses_every_way_to_the_network() -> None:
    code = (
        "import socket\nfrom fintech_accelerator.quality.worker_process import close_network\n"
        "close_network()\n"
        "for reach in (lambda: socket.create_connection(('127.0.0.1', 9)),"
        " lambda: socket.getaddrinfo('localhost', 80)):\n"
        "    try:\n        reach()\n    except PermissionError as cause:\n        print(cause)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.count("the checking process has no network") == 2


def test_asking_nothing_starts_nothing(ask: Asker) -> None:
    worker = CheckWorker()

    assert worker.check(ask.warehouse, [], temporary=ask.temporary) == ()
    assert worker.pid is None


def test_a_worker_that_is_not_running_says_that_it_was_not_asked() -> None:
    worker = CheckWorker()
    with pytest.raises(CheckError, match="ended before it was asked"):
        worker._ask({})
