"""A disk that fills in a stage: the run says so, readers see what they saw, and nothing is half done."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from tests.pipeline.small_bank import SmallBank, pack_of, payments, published_bank
from tests.small_disks import on_a_small_disk

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

MEGABYTES = 64


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> SmallBank:
    """A published bank that has got another month."""
    made = published_bank(tmp_path_factory.mktemp("disk") / "bank")
    made.add("2026-03.csv", payments(3))
    return made


@pytest.fixture(scope="module")
def undisturbed(bank: SmallBank, tmp_path_factory: pytest.TempPathFactory) -> SmallBank:
    copy = bank.copy(tmp_path_factory.mktemp("undisturbed") / "bank")
    assert pack_of(copy.go()).status == "published"
    return copy


@pytest.mark.parametrize("stage", ["land", "load", "build", "check", "publish"])
def test_a_full_disk_stops_a_run_and_loses_nothing(
    bank: SmallBank, undisturbed: SmallBank, stage: str, tmp_path: Path
) -> None:
    copy = bank.copy(tmp_path / "bank")
    state, kept = copy.root / ".fintech", copy.root / "kept"
    state.rename(kept)
    state.mkdir()

    script = f"{sys.executable} -m tests.safety.small_disk {copy.root} {stage}"
    done = on_a_small_disk(state, MEGABYTES, f"cp -a {kept}/. {state} && exec {script}")

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["exit_code"], found["served as before"], found["status"]) == (3, True, 0), found
    assert any("the disk is full" in reason for reason in found["reasons"]), found
    assert any("free some space and run again" in fix for fix in found["fixes"]), found
    assert found["after"] == ["ok", "published"]
    assert found["marts"] == {
        mart: [list(map(str, row)) for row in rows] for mart, rows in undisturbed.marts().items()
    }
    assert found["balances"] == sorted(" ".join(key) for key in undisturbed.balances().elements())
