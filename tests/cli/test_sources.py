"""`fintech sources`: what a bank's engineer sees of a mapping before anything is loaded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = """
[project]
name = "bank"

[[sources.login_activity]]
files = { rows = "in/*.csv" }
[sources.login_activity.columns]
login_id = "id"
event_ts = "moment"
outcome = "'success'"
channel = "channel"
ip_country = "country"

[[sources.customers]]
files = { people = "people.jsonl" }
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two sources; one row of each is broken."""
    (tmp_path / "fintech.toml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.csv").write_text(
        "id,moment,channel,country\nl1,2025-01-01,web,DE\nl2,2025-01-02,fax,Germany\n", encoding="utf-8"
    )
    (tmp_path / "people.jsonl").write_text('{"customer_id": "c1"}\n{"customer_id": ', encoding="utf-8")
    return tmp_path


def _run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as done:
        main(list(arguments))
    printed = capfd.readouterr()
    return int(done.value.code or 0), printed.out, printed.err


def test_list_shows_files_mapping_assumptions_and_lacks(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = _run(capfd, "--project", str(project), "sources", "list")

    assert code == 0
    for word in ("login_activity[0]", "in/a.csv", "same names", "outcome = 'success'", "ingested_at"):
        assert word in out


def test_list_as_json_is_whole(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capfd, "--project", str(project), "sources", "list", "--json")

    logins, people = json.loads(out)
    assert code == 0
    assert logins["mapped"] == ["login_id", "event_ts", "outcome", "channel", "ip_country"]
    assert logins["assumed"] == {"outcome": "'success'"}
    assert logins["unmapped_required"] == ["ingested_at"]
    assert (people["kind"], people["mapped"], people["files"]) == (
        "same names",
        ["customer_id"],
        ["people.jsonl"],
    )


def test_list_says_which_source_has_no_files(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "people.jsonl").rename(project / "people2.jsonl")

    code, out, err = _run(capfd, "--project", str(project), "sources", "list")

    assert code == 1
    assert "login_activity[0]" in out
    assert "sources.customers[0]" in err
    assert "'people2.jsonl'" in err


def test_check_counts_what_would_be_quarantined_and_masks_it(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = _run(capfd, "--project", str(project), "sources", "check")

    assert code == 0
    assert "would be quarantined" in out
    assert "'fax'" in out
    assert "'***'" in out
    assert "Germany" not in out
    assert "(the line)" in out


def test_check_loads_nothing(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _run(capfd, "--project", str(project), "sources", "check")

    left = {path.name for path in (project / ".fintech").rglob("*") if path.is_file()}
    assert left == set()


def test_check_of_one_table_as_json(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capfd, "--project", str(project), "sources", "check", "customers", "--json")

    (report,) = json.loads(out)
    assert code == 0
    assert report["table"] == "customers"
    assert (report["units"][0]["rows_in"], report["units"][0]["rows_quarantined"]) == (2, 1)
    assert report["units"][0]["rules"] == [
        {"column_name": None, "rule": "json", "rows": 1, "examples": ['{"customer_id": ']}
    ]


def test_check_exits_with_1_when_a_file_would_be_refused(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "in/b.csv").write_text("id,when\nl3,2025-01-01\n", encoding="utf-8")

    code, out, err = _run(capfd, "--project", str(project), "sources", "check")

    assert code == 1
    assert "refused" in out
    assert "in/b.csv (for login_activity): event_ts expects a column 'moment'" in err
    assert "fix: " in err


def test_check_of_a_table_that_is_not_mapped_exits_with_2(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, _, err = _run(capfd, "--project", str(project), "sources", "check", "customer")

    assert code == 2
    assert "did you mean 'customers'?" in err


def test_a_wrong_mapping_exits_with_2(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = PROJECT.replace('channel = "channel"', 'chanel = "channel"')
    (project / "fintech.toml").write_text(text, encoding="utf-8")

    code, _, err = _run(capfd, "--project", str(project), "sources", "check")

    assert code == 2
    assert "did you mean 'channel'?" in err


@pytest.mark.parametrize("command", ["check", "list"])
def test_a_project_without_sources_is_told_how_to_add_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (tmp_path / "fintech.toml").write_text('[project]\nname = "bank"\n', encoding="utf-8")

    with pytest.raises(SystemExit) as exit_:
        main(["--project", str(tmp_path), "sources", command])

    assert exit_.value.code == 2
    assert "add [[sources.transactions]]" in capsys.readouterr().err


def test_check_names_the_folder_that_a_variable_stands_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINTECH_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    (tmp_path / "fintech.toml").write_text(
        '[project]\nname = "bank"\n[[sources.customers]]\n'
        'files = { people = "${FINTECH_DATA}/people.csv" }\n',
        encoding="utf-8",
    )

    code, out, err = _run(capfd, "--project", str(tmp_path), "sources", "check")

    assert code == 1
    assert "$" not in out + err
    assert f"no file matches '{tmp_path}/data/people.csv' ({tmp_path}/data is empty)" in err
    assert err.count("customers") == 1
