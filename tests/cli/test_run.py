"""`fintech run`: plain lines while it works, tables or JSON at its end, and the next command."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.pipeline.small_bank import SmallBank, fresh_bank, payments

from fintech_accelerator.cli.reference import INTRODUCTION
from fintech_accelerator.errors import DiskFullError, FintechError, SettingsError, SourceError
from fintech_accelerator.pipeline.report import EXIT_CODES, ending_of

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """A first run in a pipe, then an increment as JSON."""

    bank: SmallBank
    output: str
    error: str
    report: dict[str, Any]
    json_error: str


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    bank = fresh_bank(tmp_path_factory.mktemp("ran") / "bank")
    process = bank.start("run")
    output, error = process.communicate(timeout=300)
    assert process.returncode == 0, error
    bank.add("2026-03.csv", [*payments(3, days=1), "bad,a1,2026-03-01 10:00:00,much,D"])
    process = bank.start("run", "--json")
    written, json_error = process.communicate(timeout=300)
    assert process.returncode == 0, json_error
    return Ran(bank, output, error, json.loads(written), json_error)


def test_in_a_pipe_each_stage_and_step_is_a_plain_line(ran: Ran) -> None:
    lines = ran.error.splitlines()

    assert lines[0].startswith("run 20")
    assert lines[0].endswith(": target dev, packs tidy")
    assert [line for line in lines if line.endswith("...")] == [
        "land ...",
        "load ...",
        "read packs ...",
        "build ...",
        "check ...",
        "publish tidy ...",
    ]
    assert "  land: landing/tx/2026-01.csv: ok" in lines
    assert "  load: landing/tx/2026-01.csv: ok  112 rows" in lines
    assert any(line.startswith("  build: tidy__daily_totals: ok  ") for line in lines)
    assert any(line.startswith("publish tidy: ok  ") for line in lines)
    assert lines[-1].startswith("run 20")
    assert ": ok in " in lines[-1]
    assert "\x1b" not in ran.error + ran.output


def test_the_end_is_tables_of_stages_files_and_packs(ran: Ran) -> None:
    lines = [" ".join(line.split()) for line in ran.output.splitlines()]

    assert "stage pack outcome rows time" in lines
    assert any(line.startswith("publish tidy ok 80 ") for line in lines)
    assert "Rows in = loaded + quarantined + duplicates" in lines
    assert "transactions 2 224 224 0 0" in lines
    assert "accounts 1 3 3 0 0" in lines
    assert "tidy published 2 80 passed 1 2026-02-28" in lines
    assert "tidy does without: no_login, no_transactions_mcc" in lines
    assert lines[-1] == "next: fintech status"
    assert not any(len(line) > 90 for line in ran.output.splitlines() if not line.startswith("rules:"))


def test_json_is_all_of_the_report_and_nothing_else_is_printed(ran: Ran) -> None:
    report = ran.report

    assert ran.json_error == ""
    assert (report["status"], report["exit_code"]) == ("warned", 0)
    assert report["next_command"] == "fintech quarantine list"
    assert [stage["stage"] for stage in report["stages"]] == [
        *("land", "load", "read packs", "build", "check", "publish")
    ]
    assert report["files"] == [
        {
            "table": "transactions",
            "name": "landing/tx/2026-03.csv",
            "rows_in": 5,
            "loaded": 4,
            "quarantined": 1,
            "duplicates": 0,
            "late": 4,
        }
    ]
    (pack,) = report["packs"]
    assert (pack["pack"], pack["status"], pack["publication_id"]) == ("tidy", "published", 2)
    assert (pack["gate"]["status"], pack["newest"]) == ("passed", "2026-03-01")
    assert (report["batch_id"], report["refused"], report["failures"]) == (2, [], [])


def test_a_file_refused_whole_makes_a_run_incomplete_and_the_rest_is_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = fresh_bank(tmp_path / "bank")
    (bank.root / "landing/tx/2026-03.csv").write_bytes(b"PK\x03\x04 no csv at all")

    assert bank.run(capsys, "run") == 1

    assert ": incomplete in " in bank.output
    assert bank.output.rstrip().endswith("next:  fintech sources check")
    assert bank.serving() == {"tidy": 1}
    assert [run.status for run in bank.runs()] == ["incomplete"]


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (SourceError("it", fix="so"), "failed"),
        (SettingsError("it", fix="so"), "refused"),
        (DiskFullError("it", fix="so"), "stopped"),
    ],
)
def test_the_word_for_a_run_that_an_error_ends_has_its_exit_code(error: FintechError, word: str) -> None:
    assert ending_of(error) == word
    assert EXIT_CODES[word] == error.exit_code


def test_the_page_of_the_commands_documents_every_word_with_its_code() -> None:
    for word, code in EXIT_CODES.items():
        assert f"| {word} | {code} |" in INTRODUCTION


def test_a_run_without_anything_new_says_so(ran: Ran, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran.bank.run(capsys, "run") == 0

    assert "unchanged" in ran.bank.output
    assert "build" not in ran.bank.output
    assert ran.bank.output.rstrip().endswith("next:  fintech status")


def test_a_project_without_a_pack_loads_and_names_the_next_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = fresh_bank(tmp_path / "bank")
    assert bank.run(capsys, "packs", "disable", "tidy") == 0

    assert bank.run(capsys, "run") == 0

    assert "transactions" in bank.output
    assert bank.output.rstrip().endswith("next:  fintech packs list")


def test_a_project_with_neither_table_nor_pack_is_refused_before_anything_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "fintech.toml").write_text('[project]\nname = "empty"\n', encoding="utf-8")
    bank = SmallBank(tmp_path)

    assert bank.run(capsys, "run") == 2

    assert "there is nothing to run: no table is mapped and no pack is enabled" in bank.error
    assert not bank.warehouse.exists()


def test_outside_of_a_project_it_says_where_to_begin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = SmallBank(tmp_path)

    assert bank.run(capsys, "run") == 2

    assert "fintech.toml" in bank.error
    assert "fintech init" in bank.error
