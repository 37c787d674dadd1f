"""What gathers around a warehouse goes: the log, leftovers of killed runs, old landed files; no more."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.errors import RunInProgressError
from fintech_accelerator.ledger.run_lock import run_lock
from fintech_accelerator.pipeline.maintain import Maintenance, maintain

if TYPE_CHECKING:
    from tests.maintain.conftest import AgedBank

KEPT = '[retention.years]\nlogin_activity = "keep"\nrelationship = "keep"'


def found_by(found: Maintenance) -> dict[str, list[str]]:
    by_kind: dict[str, list[str]] = {}
    for action in found.actions:
        by_kind.setdefault(action.kind, []).append(action.what)
    return by_kind


def aged(path: Path, *, days: int) -> Path:
    moment = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))
    return path


def folder(path: Path, *, days: int = 0, size: int = 10) -> Path:
    path.mkdir(parents=True)
    (path / "file").write_bytes(b"x" * size)
    return aged(path, days=days)


def test_leftovers_of_publishing_go_and_publications_stay(bank: AgedBank) -> None:
    bank.keep(KEPT)
    place = bank.publications / "tidy"
    folder(place / ".building-2", size=7)
    folder(place / ".gone-1", size=8)
    folder(bank.publications / ".gone-other", size=9)
    shutil.copytree(place / "1", place / "2")  # complete, and never pointed at: the run was killed before

    found = maintain(bank.settings)

    assert found_by(found) == {
        "remove leftover": ["dev/.gone-other", "dev/tidy/.building-2", "dev/tidy/.gone-1"],
        "remove publication": ["dev/tidy/2"],
    }
    assert [action.bytes for action in found.actions][:3] == [9, 7, 8]
    assert (place / "2").exists()
    marts = bank.marts()
    assert maintain(bank.settings, is_applied=True).actions == found.actions
    assert sorted(path.name for path in place.iterdir()) == ["1"]
    assert bank.marts() == marts != {}
    assert maintain(bank.settings, is_applied=True).actions == ()


def test_only_our_own_old_folders_among_the_temporary_files_go(bank: AgedBank) -> None:
    bank.keep(KEPT)
    place = Path(tempfile.gettempdir())
    old = folder(place / "fintech-check-old", days=3)
    lint = folder(place / "fintech-lint-old", days=3)
    new = folder(place / "fintech-check-new")
    other = folder(place / "somebody-elses", days=99)
    link = place / "fintech-check-link"
    link.symlink_to(other)
    file = aged(_written(place / "fintech-check-file"), days=9)
    copying = folder(bank.root / ".fintech" / "copying" / "copy-1")

    found = maintain(bank.settings, is_applied=True)

    assert found_by(found) == {"remove temporary folder": ["copy-1", "fintech-check-old", "fintech-lint-old"]}
    assert not any(path.exists() for path in (old, lint, copying))
    assert all(path.exists() for path in (new, other, link, file))


def _written(path: Path) -> Path:
    path.write_text("a file")
    return path


def test_the_log_beside_the_warehouse_is_written_into_it(bank: AgedBank, tmp_path: Path) -> None:
    bank.keep(KEPT)
    killed = tmp_path / "killed"
    killed.mkdir()
    log = f"{bank.warehouse.name}.wal"
    with open_warehouse(bank.warehouse) as connection:
        connection.execute("insert into raw_data.cards (card_token) values ('t1')")
        for name in (bank.warehouse.name, log):  # as a kill at this moment leaves them
            shutil.copy(bank.warehouse.with_name(name), killed / name)
    for name in (bank.warehouse.name, log):
        shutil.copy(killed / name, bank.warehouse.with_name(name))
    size = bank.warehouse.with_name(log).stat().st_size

    (action,) = maintain(bank.settings).actions

    assert (action.kind, action.bytes) == ("checkpoint", size)
    maintain(bank.settings, is_applied=True)
    assert not bank.warehouse.with_name(log).exists()
    with open_warehouse(bank.warehouse, read_only=True) as connection:
        assert connection.execute("select card_token from raw_data.cards").fetchall() == [("t1",)]
    assert maintain(bank.settings, is_applied=True).actions == ()


def test_old_landed_files_go_unless_their_source_still_offers_them(bank: AgedBank) -> None:
    bank.keep(KEPT)
    landing = bank.root / ".fintech" / "landing"
    landed = sorted(landing.glob("??/*"))
    for path in landed:
        aged(path, days=400)
    digest = "ab" + "0" * 62
    gone = aged(_written(_place(landing, digest)), days=400)
    young = aged(_written(_place(landing, "cd" + "0" * 62)), days=100)

    found = maintain(bank.settings, is_applied=True)

    assert found_by(found) == {"remove landed file": [f"landing/ab/{digest}.csv"]}
    assert not gone.exists()
    assert young.exists()
    assert sorted(landing.glob("??/*")) == sorted([*landed, young])
    assert f"{len(landed)} old landed files stay: their sources still offer them" in found.notes

    bank.keep("landing = 0.25")
    assert found_by(maintain(bank.settings)) == {"remove landed file": [f"landing/cd/{young.name}"]}


def _place(landing: Path, digest: str) -> Path:
    (landing / digest[:2]).mkdir(exist_ok=True)
    return landing / digest[:2] / f"{digest}.csv"


def test_the_command_plans_then_does_and_both_are_readable(
    bank: AgedBank, capsys: pytest.CaptureFixture[str]
) -> None:
    folder(bank.publications / "tidy" / ".building-9", size=2_500_000)

    assert bank.run(capsys, "maintain") == 0

    assert "delete rows" in bank.output
    assert "2.5 MB" in bank.output
    assert "fintech maintain --target dev --apply" in bank.output
    assert bank.run(capsys, "maintain", "--json") == 0
    planned = json.loads(bank.output)
    assert planned["is_applied"] is False
    assert {action["kind"] for action in planned["actions"]} == {"delete rows", "remove leftover"}
    assert bank.run(capsys, "maintain", "--apply") == 0
    assert "note: core and every pack are built from nothing" in bank.output
    assert bank.run(capsys, "maintain", "--apply") == 0
    assert "dev: nothing to do" in bank.output
    assert bank.run(capsys, "audit", "list", "--json") == 0
    assert "maintained" in {event["kind"] for event in json.loads(bank.output)}


def test_nothing_is_done_while_something_runs(bank: AgedBank) -> None:
    lock = bank.settings.workspace.run_lock
    with (
        run_lock(lock, command="fintech run"),
        pytest.raises(RunInProgressError, match="fintech run"),
    ):
        maintain(bank.settings, is_applied=True)


def test_a_project_that_never_ran_needs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.maintain.conftest import aged_bank

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert maintain(aged_bank(tmp_path / "bank").settings, is_applied=True).actions == ()
