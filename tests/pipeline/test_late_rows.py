"""Rows that came long after they happened are taken and told of, file by file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.pipeline.small_bank import SmallBank, payments, published_bank

from fintech_accelerator.errors import SettingsError
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

NOTE = "rows of {files} happened more than {days} days before this load (late_arrival_days)"


def payment(name: str, *, days_ago: float) -> str:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    return f"{name},a1,{at:%Y-%m-%d %H:%M:%S},3.00,D"


def run_as_json(bank: SmallBank, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, int], str]:
    """The late rows of each file, and the notes."""
    assert bank.run(capsys, "run", "--json") == 0
    report = json.loads(bank.output)
    return {file["name"].rpartition("/")[2]: file["late"] for file in report["files"]}, " ".join(
        report["notes"]
    )


def set_days(bank: SmallBank, days: int) -> None:
    settings = bank.root / "fintech.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("[project]", f"[project]\nlate_arrival_days = {days}"), "utf-8")


def test_rows_older_than_the_limit_are_counted_for_each_file_and_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = published_bank(tmp_path / "bank")
    days = len(bank.marts()["tidy__daily_totals"])
    bank.add("in time.csv", [payment("i1", days_ago=1), payment("i2", days_ago=6.9)])
    bank.add("late.csv", [payment("l1", days_ago=7.1), payment("l2", days_ago=1), *payments(1)[:2]])
    bank.add("very late.csv", ["v1,a1,2025-12-30 10:00:00,3.00,D", "v2,a1,2025-12-30 11:00:00,x,D"])

    late, notes = run_as_json(bank, capsys)

    assert late == {"in time.csv": 0, "late.csv": 1, "very late.csv": 1}  # nor known, nor quarantined rows
    assert f"transactions: 2 {NOTE.format(files='2 files', days=7)}" in notes
    assert len(bank.marts()["tidy__daily_totals"]) > days


def test_the_limit_is_the_projects(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank = published_bank(tmp_path / "bank")
    set_days(bank, 20)
    bank.add("march.csv", [payment("l1", days_ago=19), payment("l2", days_ago=21), *payments(3)[:1]])

    late, notes = run_as_json(bank, capsys)

    assert late == {"march.csv": 2}
    assert f"transactions: 2 {NOTE.format(files='1 file', days=20)}" in notes


def test_a_tables_first_load_is_history_and_not_late(tmp_path: Path) -> None:
    bank = published_bank(tmp_path / "bank")
    bank.warehouse.unlink()

    report = bank.go(full_refresh=True)

    assert len(report.files) == 4
    assert [file.late for file in report.files] == [0, 0, 0, 0]
    assert not any("late_arrival_days" in note for note in report.notes)


@pytest.mark.parametrize("days", [-1, 61])
def test_a_limit_out_of_range_is_refused(days: int, tmp_path: Path) -> None:
    bank = published_bank(tmp_path / "bank")
    set_days(bank, days)

    with pytest.raises(SettingsError, match="late_arrival_days"):
        load_settings(bank.root)
