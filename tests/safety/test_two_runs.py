"""Two runs at once: the second is told about the first, who does not notice; looking is always possible."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.pipeline.small_bank import payments, published_bank

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_second_run_is_refused_and_the_first_ends_undisturbed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = published_bank(tmp_path / "bank")
    alone = bank.copy(tmp_path / "alone")
    for each in (bank, alone):
        each.add("2026-03.csv", payments(3, days=2))
    alone.go()
    before = bank.marts()

    first = bank.start("run")
    assert first.stderr is not None
    assert any(line.startswith("build ...") for line in first.stderr)

    for command in (("run",), ("publish",), ("rollback", "tidy"), ("packs", "disable", "tidy")):
        assert bank.run(capsys, *command) == 3
        assert f"process {first.pid} is working on this project: `fintech run`, started 20" in bank.error
        assert f"stop it with `kill {first.pid}` (nothing is lost: the next run continues)" in bank.error
        assert bank.output == ""

    assert bank.run(capsys, "status") == 0
    assert f"running: `fintech run`, process {first.pid}, since 20" in bank.output
    assert bank.run(capsys, "status", "--json") == 0
    status = json.loads(bank.output)
    assert status["running"]["pid"] == first.pid
    assert [pack["publication_id"] for pack in status["packs"]] == [1]
    assert bank.run(capsys, "results") == 0
    assert bank.run(capsys, "quarantine", "list") == 0
    assert bank.run(capsys, "audit", "verify") == 0
    assert bank.marts() == before

    output, _ = first.communicate(timeout=300)
    assert first.returncode == 0, output
    assert bank.marts() == alone.marts()
    assert [run.status for run in bank.runs()] == ["ok", "ok"]
    assert bank.run(capsys, "status") == 0
    assert "running:" not in bank.output
