"""`fintech sample`: writes a bank's files, says what is in them and what to type next."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as done:
        main(list(arguments))
    return int(done.value.code or 0)


def test_a_bank_is_written_and_the_next_command_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "bank"

    code = run("sample", "--customers", "20", "--days", "40", "--output", str(folder))

    said = capsys.readouterr().out
    assert code == 0
    assert "transactions/*.parquet" in said
    assert "card_testing" in said
    assert "fintech demo" in said
    expected = json.loads((folder / "truth" / "expected.json").read_text(encoding="utf-8"))
    assert expected["size"] == {"customers": 20, "days": 40, "seed": 1}


def test_csv_and_json_go_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "bank"

    code = run("sample", "--customers", "5", "--days", "31", "--csv", "--json", "--output", str(folder))

    made = json.loads(capsys.readouterr().out)
    assert code == 0
    assert made["globs"]["transactions"] == "transactions/*.csv"
    assert (folder / "transactions" / "2026-06.csv").exists()


def test_a_folder_that_holds_something_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    code = run("sample", "--customers", "5", "--output", str(tmp_path))

    assert code == 2
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
