"""Ctrl-C during a build: a clear word, exit code 130, nothing half visible, and the next run continues."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from tests.pipeline.small_bank import payments, published_bank

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("line", ["build ...", "  build: "])
def test_ctrl_c_during_a_build_ends_with_130_and_the_next_run_continues(tmp_path: Path, line: str) -> None:
    bank = published_bank(tmp_path / "bank")
    before = bank.marts()
    bank.add("2026-03.csv", payments(3, days=2))

    process = bank.start("run")
    assert process.stderr is not None
    assert any(each.startswith(line) for each in process.stderr)
    process.send_signal(signal.SIGINT)
    output, error = process.communicate(timeout=300)

    assert process.returncode == 130
    assert "interrupted; what was finished is kept, and the next run continues" in error
    assert "Traceback" not in error + output
    assert bank.marts() == before

    assert bank.go().status == "ok"
    assert [run.status for run in bank.runs()] == ["ok", "interrupted", "ok"]
    assert len(bank.marts()["tidy__daily_totals"]) > len(before["tidy__daily_totals"])
