"""What a pack's build leaves in the warehouse that is not its own: found, named, and never published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.pipeline.small_bank import SmallBank, fresh_bank, pack_of

from fintech_accelerator.compose import proof, verify
from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.engines.engine import WarehouseObject
from fintech_accelerator.events import Event, StageStarted, StepFinished
from fintech_accelerator.packs.inspection import find_problems as find_problems_in_files
from fintech_accelerator.pipeline.foreign_objects import foreign_failures
from fintech_accelerator.quality.worker import CheckWorker

if TYPE_CHECKING:
    from pathlib import Path

OWNED = {
    "core": frozenset({("core", "transactions")}),
    "tidy": frozenset({("tidy", "tidy__daily_totals"), ("tidy", "stg_tidy__transactions")}),
    "other": frozenset({("other", "other__things")}),
}
TABLE = WarehouseObject("table", "core", "transactions", "create table t (a integer)")


def hostile(bank: SmallBank, sql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack that runs a statement of its own, and checks of files, manifest and SQL that all have a hole."""
    from fintech_accelerator.packs import inspection

    model = bank.root / "packs" / "tidy" / "dbt" / "models" / "staging" / "stg_tidy__transactions.sql"
    hook = '{{ config(post_hook="' + sql + '") }}\n'
    model.write_text(hook + model.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(
        inspection,
        "find_problems",
        lambda manifest, files, *, folder: [
            problem
            for problem in find_problems_in_files(manifest, files, folder=folder)
            if "stg_tidy__transactions" not in str(problem)
        ],
    )
    monkeypatch.setattr(verify, "verify_manifest", lambda *_: None)
    monkeypatch.setattr(proof, "prove_new_content", lambda _: None)


def test_what_a_build_makes_beside_its_models_keeps_it_from_readers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = fresh_bank(tmp_path / "bank")
    hostile(bank, "create or replace macro tidy.twice(a) as a * 2", monkeypatch)

    first, second = (pack_of(bank.go()) for _ in range(2))

    for report, how in ((first, "is new"), (second, "still stands")):
        assert report.status == "failed"
        assert report.failure is not None
        assert f"macro tidy.twice {how}" in report.failure.reason
        assert "packs disable tidy" in report.failure.fix
    assert not bank.publications.exists() or bank.serving() == {}


def test_a_core_table_that_a_pack_drops_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bank = fresh_bank(tmp_path / "bank")
    hostile(bank, "drop table if exists ops.pack_slots", monkeypatch)

    report = pack_of(bank.go())

    assert report.failure is not None
    assert "table ops.pack_slots is gone" in report.failure.reason


def test_a_clean_build_says_nothing_once_the_foreign_object_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = fresh_bank(tmp_path / "bank")
    model = bank.root / "packs" / "tidy" / "dbt" / "models" / "staging" / "stg_tidy__transactions.sql"
    clean = model.read_text(encoding="utf-8")
    with monkeypatch.context() as hole:
        hostile(bank, "create table if not exists main.stolen as select 1 as a", hole)
        assert pack_of(bank.go()).status == "failed"
    model.write_text(clean, encoding="utf-8")
    assert pack_of(bank.go()).status == "failed"
    with open_warehouse(bank.warehouse) as connection:
        connection.execute("drop table main.stolen")

    assert pack_of(bank.go()).status == "published"


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({TABLE, WarehouseObject("table", "tidy", "tidy__daily_totals")}, {}),
        ({TABLE, WarehouseObject("table", "tidy", "tidy__daily_totals__dbt_tmp")}, {}),
        ({TABLE, WarehouseObject("schema", "tidy", "tidy")}, {}),
        ({WarehouseObject("table", "core", "transactions", "another")}, {}),
        ({TABLE, WarehouseObject("view", "other", "thing")}, {"other": "view other.thing is new"}),
        ({TABLE, WarehouseObject("table", "main", "int_tidy__x")}, {"tidy": "table main.int_tidy__x is new"}),
        (
            {TABLE, WarehouseObject("sequence", "main", "s")},
            {"tidy": "sequence main.s is new", "other": "sequence main.s is new"},
        ),
    ],
)
def test_who_is_held_to_account(tmp_path: Path, after: set[WarehouseObject], said: dict[str, str]) -> None:
    found = foreign_failures({TABLE}, after, OWNED, tmp_path / "foreign.json")

    assert found.keys() == said.keys()
    assert all(said[name] in failure.reason for name, failure in found.items())


def test_a_view_of_another_pack_that_is_redefined_is_noticed(tmp_path: Path) -> None:
    before = WarehouseObject("view", "strange", "shown", "select 1")
    after = WarehouseObject("view", "strange", "shown", "select 2")

    found = foreign_failures({before}, {after}, OWNED, tmp_path / "foreign.json")

    assert "view strange.shown is redefined" in found["tidy"].reason


def test_the_build_announces_as_many_steps_as_it_takes_beside_a_checking_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[Event | str] = []
    start = CheckWorker.start

    def noted(worker: CheckWorker) -> None:
        start(worker)
        events.append(f"process {worker.pid}")

    monkeypatch.setattr(CheckWorker, "start", noted)
    bank = fresh_bank(tmp_path / "bank")
    bank.go(on_event=events.append)

    (announced,) = [each for each in events if isinstance(each, StageStarted) and each.stage == "build"]
    taken = [each for each in events if isinstance(each, StepFinished) and each.stage == "build"]
    assert announced.total == len(taken) > 0
    (started, *_) = [place for place, each in enumerate(events) if isinstance(each, str)]
    assert str(events[started]).removeprefix("process ").isdigit()
    assert started < events.index(announced)  # it imports for seconds while dbt builds
