"""No change of packs or thresholds without an event: not after a kill, and not by hand."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.pipeline.small_bank import SmallBank, fresh_bank

from fintech_accelerator.governance.unaudited import FOUND, record_unaudited, unaudited_changes
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.pipeline.parameters import change_parameter

if TYPE_CHECKING:
    from pathlib import Path

# The command dies at the very moment at which it would write its event.
DIES_UNTOLD = """
import os, signal, sys
from fintech_accelerator.cli.main import main
from fintech_accelerator.ledger.audit import Audit

Audit.append = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
main(sys.argv[1:])
"""


@pytest.fixture
def bank(tmp_path: Path) -> SmallBank:
    return fresh_bank(tmp_path / "bank")


def dies(bank: SmallBank, *arguments: str) -> None:
    command = [sys.executable, "-c", DIES_UNTOLD, "--project", str(bank.root), *arguments]
    died = subprocess.run(command, capture_output=True, check=False, timeout=300)
    assert died.returncode == -signal.SIGKILL, died


def events(bank: SmallBank) -> list[tuple[str, object]]:
    """The trail, oldest first: what happened, and whether it was found later."""
    with open_ledger(bank.settings.workspace.ledger, read_only=True) as ledger:
        assert ledger.audit.verify().is_intact
        return [(each.kind, each.details.get("found")) for each in reversed(ledger.audit.events())]


def recorded(bank: SmallBank) -> list[str]:
    with open_ledger(bank.settings.workspace.ledger) as ledger:
        return [str(each) for each in record_unaudited(bank.settings, ledger)]


def test_a_pack_whose_enabling_was_killed_is_told_by_the_next_command(bank: SmallBank) -> None:
    dies(bank, "packs", "disable", "tidy")
    dies(bank, "packs", "enable", "tidy")  # dies at telling of the first

    assert "tidy" not in bank.settings.packs
    assert recorded(bank) == ["pack disabled: tidy"]
    dies(bank, "packs", "enable", "tidy")

    assert "tidy" in bank.settings.packs
    assert recorded(bank) == ["pack enabled: tidy"]
    assert recorded(bank) == []
    assert events(bank) == [("pack_enabled", None), ("pack_disabled", FOUND), ("pack_enabled", FOUND)]


def test_thresholds_whose_change_was_killed_are_told(bank: SmallBank) -> None:
    dies(bank, "params", "set", "tidy.large_amount", "2000")

    assert recorded(bank) == ["parameter changed: tidy.large_amount"]

    dated = ("params", "set", "tidy.report_amount", "9000", "--from", "2026-03-01", "--approved-by", "Ann O.")
    dies(bank, *dated)
    assert recorded(bank) == ["parameter changed: tidy.report_amount"]
    with open_ledger(bank.settings.workspace.ledger, read_only=True) as ledger:
        newest = ledger.audit.events(1)[0].details
    assert (newest["new"], newest["effective_from"], newest["approved_by"]) == (
        "9000",
        "2026-03-01",
        "Ann O.",
    )
    assert recorded(bank) == []


def test_a_threshold_that_was_changed_by_hand_is_told_once_and_so_is_its_way_back(bank: SmallBank) -> None:
    file = bank.root / "fintech.toml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace("[packs.tidy]", "[packs.tidy]\nlarge_amount = 1500"), encoding="utf-8")

    changed = recorded(bank)
    file.write_text(before, encoding="utf-8")
    restored = recorded(bank)

    assert changed == restored == ["parameter changed: tidy.large_amount"]
    assert recorded(bank) == []


def test_a_dated_value_whose_line_was_removed_is_missed(bank: SmallBank) -> None:
    change_parameter(
        bank.settings,
        "tidy.report_amount",
        "9000",
        effective_from=date(2026, 3, 1),
        approved_by="Ann O.",
        author="Bo",
    )
    bank.settings.workspace.parameters_file.unlink()

    with open_ledger(bank.settings.workspace.ledger, read_only=True) as ledger:
        (missed,) = unaudited_changes(bank.settings, ledger.audit.events())

    assert (missed.details["old"], missed.details["new"]) == ("9000", "")


def test_verifying_says_what_the_trail_does_not_tell_yet(
    bank: SmallBank, capsys: pytest.CaptureFixture[str]
) -> None:
    dies(bank, "params", "set", "tidy.large_amount", "2000")

    assert bank.run(capsys, "audit", "verify") == 0

    assert "not told yet  parameter changed: tidy.large_amount" in bank.output
