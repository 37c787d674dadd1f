"""`fintech quarantine`: the refused rows, listed, shown and exported."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.cli.main import main
from fintech_accelerator.contract import load_contract
from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.ingest import land, load
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = '[project]\nname = "bank"\n[[sources.login_activity]]\nfiles = { rows = "a.csv" }\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has loaded one good and two broken rows."""
    (tmp_path / "fintech.toml").write_text(PROJECT, encoding="utf-8")
    rows = "login_id,event_ts,outcome\nl1,2025-01-01,success\nl2,never,success\nl3\n"
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    settings, contract = load_settings(tmp_path), load_contract()
    with open_warehouse(tmp_path / ".fintech/warehouse.duckdb") as connection:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        load(connection, settings, contract, land(settings, contract), loaded_at=at)
    return tmp_path


def _run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        main(list(arguments))
    printed = capfd.readouterr()
    return int(done.value.code or 0), printed.out, printed.err


def test_list_counts_by_rule(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capfd, "--project", str(project), "quarantine", "list")

    assert code == 0
    for word in ("login_activity", "a.csv", "event_ts", "type", "(the line)", "columns"):
        assert word in out


def test_show_as_json_has_the_place_and_the_value(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capfd, "--project", str(project), "quarantine", "show", "--json")

    found = {(each["row_number"], each["column_name"], each["value"]) for each in json.loads(out)}
    assert code == 0
    assert found == {(2, "event_ts", "never"), (3, None, "l3")}


def test_show_obeys_its_limit(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _, out, _ = _run(capfd, "--project", str(project), "quarantine", "show", "--limit", "1", "--json")

    assert len(json.loads(out)) == 1


def test_export_writes_the_file(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = project / "refused.csv"

    code, out, _ = _run(capfd, "--project", str(project), "quarantine", "export", str(path))

    assert code == 0
    assert "2 values written" in out
    assert "never" in path.read_text(encoding="utf-8")


def test_a_table_without_refused_rows_exits_with_2(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, _, err = _run(capfd, "--project", str(project), "quarantine", "list", "--table", "customers")

    assert code == 2
    assert "login_activity" in err


def test_nothing_quarantined_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "fintech.toml").write_text(PROJECT, encoding="utf-8")

    code, out, _ = _run(capfd, "--project", str(tmp_path), "quarantine", "list")

    assert (code, out.strip()) == (0, "nothing is quarantined")


def test_show_has_each_value_on_a_line_with_the_row_as_it_came_below(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = _run(capfd, "--project", str(project), "quarantine", "show")

    lines = out.splitlines()
    at = lines.index("login_activity, a.csv, row 2: event_ts: type 'never'")
    assert code == 0
    assert '"login_id":"l2"' in lines[at + 1].replace(" ", "")


def test_export_into_a_folder_that_is_not_there_makes_none(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = project / "reports/refused.csv"

    code, _, err = _run(capfd, "--project", str(project), "quarantine", "export", str(path))

    assert code == 2
    assert "there is no folder" in err
    assert not path.parent.exists()
