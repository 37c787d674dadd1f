"""`fintech audit`: what happened, and whether the record and the published files still say so."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from fintech_accelerator.cli.main import main
from fintech_accelerator.engines.publications import MartToPublish, PublishedColumn, publish
from fintech_accelerator.ledger import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

UNGUARDED = "drop trigger audit_events_are_not_changed; drop trigger audit_events_are_not_removed;"
MART = MartToPublish(
    "fraud", "fraud__cases", None, (PublishedColumn("case_id", "INTEGER", "P0", "the case"),)
)


@dataclass
class Project:
    root: Path
    output: pytest.CaptureFixture[str]

    @property
    def ledger(self) -> Path:
        return self.root / ".fintech" / "ledger.sqlite"

    @property
    def publications(self) -> Path:
        return self.root / ".fintech" / "publications" / "dev"

    def fintech(self, *arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(self.root), *arguments])
        captured = self.output.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return code, captured.out + captured.err

    def publish(self) -> None:
        """Publish one mart and write it down, as a run does."""
        with open_ledger(self.ledger) as ledger, duckdb.connect() as connection:
            connection.execute("create schema fraud; create table fraud.fraud__cases as select 1 as case_id")
            facts = {"audit_head": ledger.audit.anchor}
            made = publish(
                connection, self.publications, "fraud", [MART], facts, now=datetime(2026, 3, 1, tzinfo=UTC)
            )
            details: dict[str, Any] = {
                "target": "dev",
                "pack": "fraud",
                "publication_id": made.publication_id,
                "manifest_sha256": made.manifest_sha256,
            }
            ledger.audit.append("published", details)

    def tamper(self, sql: str) -> None:
        raw = sqlite3.connect(self.ledger)
        raw.executescript(UNGUARDED + sql)
        raw.close()


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Project:
    (tmp_path / "fintech.toml").write_text('[project]\nname = "first-national"\n')
    return Project(tmp_path, capsys)


@pytest.fixture
def busy(project: Project) -> Project:
    """A project in which a pack was enabled and published twice."""
    with open_ledger(project.ledger) as ledger:
        ledger.audit.append("pack_enabled", {"pack": "fraud", "version": "1.0.0"}, actor="ana")
    project.publish()
    project.publish()
    return project


def test_before_anything_happened_the_trail_is_empty_and_intact(project: Project) -> None:
    assert project.fintech("audit", "list") == (0, "nothing has happened yet that the audit trail records\n")
    code, said = project.fintech("audit", "verify")

    assert code == 0
    assert "intact: 0 events" in said
    assert not project.ledger.exists()


def test_events_are_listed_newest_first_with_who_and_what(busy: Project) -> None:
    code, said = busy.fintech("audit", "list")

    assert code == 0
    lines = said.splitlines()
    assert "published" in lines[1]
    assert "publication_id=2" in lines[1]
    (enabled,) = (line for line in lines if "pack enabled" in line)
    assert "ana" in enabled
    assert "version=1.0.0" in enabled


def test_events_as_json_carry_their_hashes(busy: Project) -> None:
    _, said = busy.fintech("audit", "list", "--limit", "2", "--json")

    newest, before = json.loads(said)
    assert (newest["sequence"], before["sequence"]) == (3, 2)
    assert newest["previous_hash"] == before["hash"]


def test_what_nobody_touched_verifies(busy: Project) -> None:
    code, said = busy.fintech("audit", "verify")
    assert code == 0
    assert "intact: 3 events" in said
    assert "intact: 2 publications, 2 files" in said

    _, said = busy.fintech("audit", "verify", "--json")
    found = json.loads(said)
    assert (found["is_intact"], found["publications"], found["damaged"]) == (True, 2, [])


@pytest.mark.parametrize(
    ("sql", "broken", "reason"),
    [
        ("update audit_events set actor = 'eve' where sequence = 1", 1, "was changed"),
        ("delete from audit_events where sequence = 2", 2, "is missing"),
        ("delete from audit_events where sequence > 1", 2, "ends at event 1"),
        ("delete from audit_events", 1, "ends at event 0"),
    ],
)
def test_a_changed_trail_is_exit_code_one_and_named(
    busy: Project, sql: str, broken: int, reason: str
) -> None:
    busy.tamper(sql)

    code, said = busy.fintech("audit", "verify")
    assert code == 1
    assert f"BROKEN at event {broken}" in said
    assert reason in said
    assert "what to do" in said
    code, said = busy.fintech("audit", "verify", "--json")
    assert code == 1
    assert json.loads(said)["chain"]["first_broken"] == broken


def test_a_published_file_that_was_changed_is_exit_code_one_and_named(busy: Project) -> None:
    file = busy.publications / "fraud" / "2" / "fraud__cases" / "all.parquet"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b"x")

    code, said = busy.fintech("audit", "verify")
    assert code == 1
    assert "intact: 3 events" in said
    assert f"DAMAGED: {file}" in said


def test_a_manifest_that_was_written_to_fit_changed_files_is_found_by_the_trail(busy: Project) -> None:
    path = busy.publications / "fraud" / "1" / "manifest.json"
    path.write_text(path.read_text().replace("the case", "the other case"))

    code, said = busy.fintech("audit", "verify")
    assert code == 1
    assert "is not the manifest that was published" in said


def test_a_ledger_that_is_no_ledger_is_said_so(project: Project) -> None:
    project.ledger.parent.mkdir()
    project.ledger.write_text("not a database\n" * 200)

    code, said = project.fintech("audit", "verify")
    assert code == 1
    assert "is not a sound ledger" in said
    assert "fix:" in said


def test_outside_of_a_project_it_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = Project(tmp_path, capsys).fintech("audit", "list")

    assert code == 2
    assert "fintech init" in said


def test_the_list_and_the_doctor_fit_100_columns(busy: Project) -> None:
    with open_ledger(busy.ledger) as ledger:
        ledger.audit.append("gate_overridden", {"pack": "fraud", "reasons": ["a rule " * 9] * 9}, actor="ana")

    for command in (("audit", "list"), ("doctor",)):
        _, said = busy.fintech(*command)
        assert max(map(len, said.splitlines())) <= 100
