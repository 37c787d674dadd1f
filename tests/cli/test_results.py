"""`fintech results` shows what the ledger keeps of the quality rules."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.cli.main import main
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.quality.gate import decide
from fintech_accelerator.quality.results import ExpectationResult, Severity, SuiteResult
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """
[project]
name = "test bank"
[targets.dev]
engine = "duckdb"
[packs.fraud]
[packs.revenue]
"""
ROWS = "fraud__x/001-x.key_unique.csv"


def _rule(name: str, severity: Severity = Severity.CRITICAL, **facts: Any) -> ExpectationResult:
    given: dict[str, Any] = {"success": True, **facts}
    return ExpectationResult(name, "expect_column_values_to_be_unique", "x_id", severity, **given)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "fintech.toml").write_text(SETTINGS)
    return tmp_path


@pytest.fixture
def checked(project: Path) -> Path:
    """Two runs: the older is clean; in the newer, fraud's gate failed and revenue's passed."""
    workspace = load_settings(project).workspace
    clean = (SuiteResult("fraud.fraud__x", ("x.key_unique",), (_rule("x.key_unique"),), 0.1),)
    rules = (
        _rule(
            "x.key_unique", success=False, observed="2 of 9 rows", unexpected_count=2, failing_rows_path=ROWS
        ),
        _rule("x.tail", Severity.WARNING, success=False, observed="1.04"),
        _rule("x.sql", Severity.INFO, success=False, raised=True, message="no such column"),
        _rule("x.fine"),
    )
    broken = (SuiteResult("fraud.fraud__x", tuple(each.rule_id for each in rules), rules, 0.1),)
    fine = (SuiteResult("revenue.revenue__y", ("y.fine",), (_rule("y.fine"),), 0.1),)
    with open_ledger(workspace.ledger) as ledger:
        for run, pack, results in (
            ("run-1", "fraud", clean),
            ("run-2", "fraud", broken),
            ("run-2", "revenue", fine),
        ):
            _start(ledger, run)
            plain = [each.as_plain() for each in results]
            ledger.results.record(run, pack, decide(results).as_plain(), plain)
    rows = workspace.reports / "run-2" / "fraud" / ROWS
    rows.parent.mkdir(parents=True)
    rows.write_text("x_id\n1\n1\n")
    return project


def _start(ledger: Any, run: str) -> None:
    from datetime import UTC, datetime

    if all(each.run_id != run for each in ledger.runs.recent(10)):
        now = datetime.now(UTC).replace(tzinfo=None)
        ledger.runs.start(run, target="dev", packs=["fraud"], options={}, pid=1, started_at=now)


def _say(capsys: pytest.CaptureFixture[str], project: Path, *arguments: str, code: int = 0) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(project), "results", *arguments])
    assert ended.value.code == code
    said = capsys.readouterr()
    return said.out + said.err


def test_before_the_first_check_it_says_what_to_type(
    capsys: pytest.CaptureFixture[str], project: Path
) -> None:
    assert "nothing was checked yet: `fintech run`" in _say(capsys, project)
    assert json.loads(_say(capsys, project, "--json")) == []


def test_the_newest_results_of_every_pack_are_shown(
    capsys: pytest.CaptureFixture[str], checked: Path
) -> None:
    said = _say(capsys, checked)

    assert "fraud: gate failed, 4 rules, run run-2" in said
    assert "revenue: gate passed, 1 rule, run run-2" in said
    for words in ("2 of 9 rows", "not evaluated", "no such column", "1.04", "x.fine", "y.fine", "warning"):
        assert words in said


def test_only_failed_rules_are_shown_with_the_place_of_their_rows(
    capsys: pytest.CaptureFixture[str], checked: Path
) -> None:
    said = _say(capsys, checked, "--failed")

    assert "fraud: gate failed, 3 rules failed" in said
    assert "x.fine" not in said
    assert "revenue" not in said
    assert "failing rows, a file for each rule: .fintech/reports/run-2/fraud/fraud__x" in said


def test_rows_that_were_removed_are_not_pointed_at(capsys: pytest.CaptureFixture[str], checked: Path) -> None:
    (load_settings(checked).workspace.reports / "run-2" / "fraud" / ROWS).unlink()

    assert ROWS not in _say(capsys, checked)


def test_one_pack_or_one_run_can_be_asked_for(capsys: pytest.CaptureFixture[str], checked: Path) -> None:
    assert "fraud" not in _say(capsys, checked, "--pack", "revenue")
    earlier = _say(capsys, checked, "--run", "run-1")
    assert "fraud: gate passed, 1 rule, run run-1" in earlier
    assert "no rule failed" in _say(capsys, checked, "--run", "run-1", "--failed")


def test_an_unknown_pack_or_run_is_told_with_the_known_ones(
    capsys: pytest.CaptureFixture[str], checked: Path
) -> None:
    assert "did you mean 'fraud'?" in _say(capsys, checked, "--pack", "frod", code=2)
    assert "run-2" in _say(capsys, checked, "--run", "run-9", code=2)


def test_json_holds_gates_rules_and_places(capsys: pytest.CaptureFixture[str], checked: Path) -> None:
    found = {each["pack"]: each for each in json.loads(_say(capsys, checked, "--json"))}

    assert found["revenue"]["gate"]["status"] == "passed"
    assert found["fraud"]["gate"]["blocking"] == ["x.key_unique", "x.sql"]
    rules = found["fraud"]["suites"][0]["expectations"]
    assert [rule["rule_id"] for rule in rules] == ["x.key_unique", "x.tail", "x.sql", "x.fine"]
    assert rules[0]["failing_rows_path"] == f".fintech/reports/run-2/fraud/{ROWS}"
