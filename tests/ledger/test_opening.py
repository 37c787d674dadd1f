"""The ledger's file: made, read during a run, and refused when it is not ours or not whole."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from tests.small_disks import on_a_small_disk

from fintech_accelerator.errors import DiskFullError, EnvironmentFailure, IntegrityError
from fintech_accelerator.ledger import Ledger, open_ledger

if TYPE_CHECKING:
    from pathlib import Path

FILL = """
import sys
from pathlib import Path
from fintech_accelerator.errors import DiskFullError
from fintech_accelerator.ledger import open_ledger

path = Path(sys.argv[1]) / "ledger.sqlite"
written = 0
try:
    with open_ledger(path) as ledger:
        while True:
            ledger.audit.append("exported", {"path": "x" * 20_000, "number": written})
            written += 1
except DiskFullError as failure:
    print(failure.reason, "|", failure.fix)
(path.parent / "filling").unlink()
with open_ledger(path) as ledger:
    assert ledger.audit.verify().is_intact
    assert ledger.audit.verify().events == written
    ledger.audit.append("exported", {"path": "after"})
print("kept", written > 0)
"""


def test_a_ledger_that_does_not_exist_yet_reads_as_empty(path: Path) -> None:
    with open_ledger(path, read_only=True) as ledger:
        assert ledger.runs.last() is None
        assert ledger.audit.verify().is_intact
        with pytest.raises(EnvironmentFailure, match="readonly"):
            ledger.audit.append("exported", {})

    assert not path.exists()


def test_what_was_written_is_there_when_it_is_opened_again(path: Path, ledger: Ledger) -> None:
    ledger.close()

    with open_ledger(path) as again:
        last = again.runs.last()
    assert last is not None
    assert last.run_id == "run-1"


def test_it_is_read_while_a_run_is_writing(path: Path, ledger: Ledger) -> None:
    with ledger._database.writing() as connection:
        connection.execute("delete from runs")
        with open_ledger(path, read_only=True) as reader:
            last = reader.runs.last()

    assert last is not None
    assert last.run_id == "run-1"


def test_a_reader_cannot_write(path: Path, ledger: Ledger) -> None:
    with open_ledger(path, read_only=True) as reader, pytest.raises(EnvironmentFailure, match="readonly"):
        reader.runs.finish("run-1", "ok")

    last = ledger.runs.last()
    assert last is not None
    assert last.status == "running"


def test_steps_are_recorded_from_several_threads(ledger: Ledger) -> None:
    def record(thread: int) -> None:
        for number in range(50):
            ledger.runs.step("run-1", f"model_{thread}_{number}", "fraud", 1, 0.1)

    threads = [threading.Thread(target=record, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({step.name for step in ledger.runs.steps("run-1")}) == 200


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger) -> None:
    def fail() -> None:
        with ledger._database.writing() as connection:
            connection.execute("delete from runs")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()

    assert ledger.runs.last() is not None


@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_that_is_no_database_is_refused(path: Path, read_only: bool) -> None:
    path.parent.mkdir()
    path.write_text("not a database, but long enough to look like one to whoever reads headers\n" * 20)

    with pytest.raises(IntegrityError, match="not a sound ledger") as caught:
        open_ledger(path, read_only=read_only)
    assert "aside" in caught.value.fix


@pytest.mark.parametrize("read_only", [True, False])
def test_another_programs_database_is_refused_and_left_alone(path: Path, read_only: bool) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("create table runs (anything text)")
    other.close()
    before = path.read_bytes()

    with pytest.raises(IntegrityError, match="another program"):
        open_ledger(path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_torn_page_is_named_as_damage(path: Path, ledger: Ledger) -> None:
    for number in range(200):
        ledger.audit.append("exported", {"path": f"file-{number}" * 20})
    ledger.close()
    content = bytearray(path.read_bytes())
    content[4096 * 12 : 4096 * 40] = os.urandom(4096 * 28)
    path.write_bytes(content)

    with pytest.raises(IntegrityError, match="not a sound ledger"), open_ledger(path) as damaged:
        damaged.audit.verify()


def test_a_newer_ledger_says_to_upgrade(path: Path, ledger: Ledger) -> None:
    ledger.close()
    with sqlite3.connect(path) as newer:
        newer.execute("pragma user_version = 99")
    newer.close()

    with pytest.raises(EnvironmentFailure, match="newer version") as caught:
        open_ledger(path)
    assert "upgrade" in caught.value.fix


def test_a_ledger_that_another_process_keeps_locked_is_said_to_be(path: Path, ledger: Ledger) -> None:
    with ledger._database.writing(), open_ledger(path) as second:
        second._database.rows("pragma busy_timeout = 100")  # SQLite's own patience, in milliseconds
        with pytest.raises(EnvironmentFailure, match="another process") as caught:
            second.audit.append("exported", {})
    assert "wait" in caught.value.fix


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(EnvironmentFailure, match="opening the ledger") as caught:
        open_ledger(tmp_path / "file" / "ledger.sqlite")
    assert "folder" in caught.value.fix


def test_processes_that_open_a_new_ledger_at_once_all_can(path: Path) -> None:
    code = (
        "import sys, pathlib; from fintech_accelerator.ledger import open_ledger\n"
        "with open_ledger(pathlib.Path(sys.argv[1])) as ledger:\n"
        "    for number in range(20): ledger.audit.append('exported', {'number': number})\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(4)]

    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0, 0]
    with open_ledger(path) as ledger:
        found = ledger.audit.verify()
    assert (found.is_intact, found.events) == (True, 80)


def test_a_full_disk_is_said_so_and_what_was_written_before_is_kept(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    script = tmp_path / "fill.py"
    script.write_text(FILL)
    fill = f"head -c 1000000 /dev/zero > {small}/filling && exec {sys.executable} {script} {small}"

    done = on_a_small_disk(small, 2, fill)

    assert done.returncode == 0, done.stderr
    assert "the disk is full (writing the ledger" in done.stdout
    assert "kept True" in done.stdout


def test_a_file_that_may_not_grow_is_a_full_disk(ledger: Ledger) -> None:
    ledger._database._connection.execute("pragma max_page_count = 60")

    with pytest.raises(DiskFullError, match="disk is full") as caught:
        ledger.audit.append("exported", {"path": "x" * 500_000})
    assert "free some space" in caught.value.fix
    assert ledger.audit.verify().is_intact
