"""`fintech rollback`: where it can go, and what it records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.pipeline.small_bank import payments, published_bank

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_there_is_nothing_before_the_first_publication(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = published_bank(tmp_path / "bank")
    before = bank.marts()

    assert bank.run(capsys, "rollback", "tidy") == 2
    assert "nothing to return to" in bank.error
    assert bank.run(capsys, "rollback", "tidy", "--to", "7") == 2
    assert "7" in bank.error
    assert bank.run(capsys, "rollback", "tidi") == 2
    assert "tidi" in bank.error
    assert (bank.serving(), bank.marts()) == ({"tidy": 1}, before)


def test_going_back_is_kept_in_the_audit_trail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank = published_bank(tmp_path / "bank")
    bank.add("2026-03.csv", payments(3, days=1))
    bank.go()

    assert bank.run(capsys, "rollback", "tidy", "--json") == 0
    assert json.loads(bank.output) == {"pack": "tidy", "publication_id": 1, "previous_id": 2}

    assert bank.run(capsys, "audit", "list", "--json") == 0
    newest = json.loads(bank.output)[0]
    assert newest["kind"] == "rolled_back"
    assert newest["details"] == {"target": "dev", "pack": "tidy", "left": 2, "serving": 1}
    assert bank.run(capsys, "audit", "verify") == 0
