"""Readers and writers at once, processes killed at every step, and a disk that fills."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.small_disks import on_a_small_disk

from fintech_accelerator.engines.publications import current, open_publications, verify
from fintech_accelerator.engines.publications.pointer import POINTER

if TYPE_CHECKING:
    from types import ModuleType

    from conftest import Store

SCRIPT = Path(__file__).parent / "generations.py"
NO_GRACE, HOUR = timedelta(0), timedelta(hours=1)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def seen_by_readers(generations: ModuleType, folder: Path) -> set[int]:
    with open_publications(folder) as connection:
        found: set[int] = generations.generations_of(connection)
    return found


def test_a_publisher_that_is_killed_at_any_step_leaves_one_whole_publication(
    generations: ModuleType, tmp_path: Path
) -> None:
    base = tmp_path / "base"
    base.mkdir()
    for generation in (1, 2, 3):
        generations.publish_generation(base / "w.duckdb", base / "dev", generation, kept=2, grace=NO_GRACE)
    shutil.copytree(base, tmp_path / "undisturbed")
    steps = run("die", tmp_path / "undisturbed" / "w.duckdb", tmp_path / "undisturbed" / "dev", 4, 0)
    assert steps.returncode == 0, steps.stderr
    served = []

    for step in range(1, int(steps.stdout) + 1):
        copy = tmp_path / f"killed-{step}"
        shutil.copytree(base, copy)
        killed = run("die", copy / "w.duckdb", copy / "dev", 4, step)
        assert killed.returncode == 9, killed.stderr

        number = current(copy / "dev")["fraud"][-1]
        assert seen_by_readers(generations, copy / "dev") == {number}
        assert verify(copy / "dev", "fraud", number) == 9
        served.append(number)

        following = generations.publish_generation(copy / "w.duckdb", copy / "dev", 9, kept=2, grace=NO_GRACE)
        assert following.publication_id == number + 1
        assert seen_by_readers(generations, copy / "dev") == {9}
        left = sorted(path.name for path in (copy / "dev" / "fraud").iterdir())
        assert left == [str(number), str(number + 1)]
        shutil.rmtree(copy)

    assert served == sorted(served)  # the old one until the pointer is replaced, then the new one
    assert set(served) == {3, 4}


def test_readers_meet_no_error_and_no_mix_while_six_publications_are_made(
    generations: ModuleType, tmp_path: Path
) -> None:
    warehouse, folder, stop = tmp_path / "w.duckdb", tmp_path / "dev", tmp_path / "stop"
    generations.publish_generation(warehouse, folder, 1)
    processes = [
        subprocess.Popen(
            [sys.executable, str(SCRIPT), "read", str(folder), str(stop)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert all(process.poll() is None for process in processes)
    for generation in range(2, 8):
        generations.publish_generation(warehouse, folder, generation)
    stop.touch()
    seen = [json.loads(process.communicate(timeout=60)[0]) for process in processes]

    for each in seen:
        assert (each["errors"], each["mixed"]) == ([], 0)
        assert each["pages"] > 0
    assert max(len(each["publications"]) for each in seen) > 1


def test_a_reader_that_slept_until_its_publication_was_gone_opens_the_next(
    store: Store, tmp_path: Path
) -> None:
    store.publish()
    pointer, following = store.folder / POINTER, tmp_path / "following"
    before = pointer.read_bytes()
    for _ in range(2):
        store.publish(kept=1, grace=NO_GRACE, now=datetime.now(UTC) + HOUR)
    assert not (store.folder / "fraud" / "1").exists()
    pointer.rename(following)
    os.mkfifo(pointer)

    def let_sleep() -> None:
        with pointer.open("wb") as pipe:  # the reader has opened the pointer; it gets on when this is written
            following.replace(pointer)
            pipe.write(before)

    sleep = threading.Thread(target=let_sleep, daemon=True)
    sleep.start()
    with open_publications(store.folder) as connection:
        row = connection.execute("select publication_id from fraud.fraud__publication").fetchone()
    sleep.join(timeout=10)

    assert not following.exists()
    assert row == (3,)
    assert store.published() == store.built()


def test_a_full_disk_leaves_the_old_publication_and_no_rubbish(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()

    done = on_a_small_disk(
        small, 8, f"exec {sys.executable} {SCRIPT} fill {tmp_path}/warehouse.duckdb {small}"
    )

    assert done.returncode == 0, done.stderr
    failure, left, after = done.stdout.splitlines()
    assert failure.startswith("DiskFullError the disk is full (publishing fraud")
    assert left == "['1'] {'fraud': (1,)}"
    assert after == "2"
