"""What comes later (late rows, corrections, days that lose their rows) ends as if all had come at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.bank import copy_pack
from tests.pipeline.small_bank import SmallBank, fresh_bank, pack_of, payments, published_bank

from fintech_accelerator.engines.publications import read_manifest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

LATER = [
    *payments(3, days=2),
    "late1,a1,2026-01-07 23:30:00,40.00,D",  # of a day long built
    "late2,a2,2025-12-31 12:00:00,7.00,D",  # of a month before the first
    "t010000,a0,2026-01-01 08:15:00,1.50,C",  # a large payment corrected to a small one
    # the four payments of 2026-02-10 were made on other days: the tenth is empty
    "t020036,a0,2026-02-11 08:15:00,19.00,C",
    "t020037,a1,2026-02-11 09:15:00,19.25,D",
    "t020038,a2,2026-02-12 10:15:00,19.50,D",
    "t020039,a0,2026-02-12 11:15:00,19.75,C",
]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> SmallBank:
    """A bank that published January and February, then got the later rows."""
    bank = published_bank(tmp_path_factory.mktemp("grown") / "bank")
    bank.add("later.csv", LATER)
    assert pack_of(bank.go()).status == "published"
    return bank


def days_of(bank: SmallBank) -> dict[str, tuple[object, ...]]:
    return {str(row[0]): row[1:] for row in bank.marts(with_batch=True)["tidy__daily_totals"]}


def test_an_increment_ends_where_a_build_of_all_files_ends(grown: SmallBank, tmp_path: Path) -> None:
    at_once = fresh_bank(tmp_path / "at once")
    at_once.add("later.csv", LATER)
    assert pack_of(at_once.go()).status == "published"

    assert grown.marts() == at_once.marts()
    assert grown.serving() == {"tidy": 2}
    assert grown.balances() == at_once.balances()


def test_late_rows_and_corrections_change_their_days_and_an_emptied_day_goes(grown: SmallBank) -> None:
    days = days_of(grown)

    assert days["2025-12-31"][2] == 1
    assert days["2026-01-07"][2] == 5
    assert "2026-02-10" not in days
    assert (days["2026-02-11"][2], days["2026-02-12"][2]) == (6, 6)
    large = [row[0] for row in grown.marts()["tidy__large_payments"]]
    assert "t010000" not in large
    assert "t010010" in large


def test_the_days_beside_a_touched_one_are_not_built_again(grown: SmallBank, tmp_path: Path) -> None:
    before = days_of(published_bank(tmp_path / "before"))
    after = days_of(grown)

    touched = {"2026-01-01", "2026-01-07", "2026-02-10", "2026-02-11", "2026-02-12"}
    same = {day for day in before if before[day] == after.get(day)}
    assert same == set(before) - touched
    assert {after[day][-1] for day in same} == {1}  # the batch that built them
    assert {after[day][-1] for day in touched if day in after} == {2}


def test_months_without_a_change_are_the_same_files_on_the_disk(tmp_path: Path) -> None:
    bank = published_bank(tmp_path / "bank")
    bank.add("2026-03.csv", payments(3, days=2))
    bank.go()

    mart = bank.publications / "tidy" / "{}" / "tidy__daily_totals"
    first, second = (
        [path / name for name in sorted(file.name for file in path.iterdir())]
        for path in (type(mart)(str(mart).format(number)) for number in (1, 2))
    )
    assert [path.name for path in second] == ["2026-01.parquet", "2026-02.parquet", "2026-03.parquet"]
    assert [path.stat().st_ino for path in first] == [path.stat().st_ino for path in second[:2]]
    assert read_manifest(bank.publications, "tidy", 2).newest_day == "2026-03-02"


def test_building_everything_anew_gives_the_same_marts(grown: SmallBank) -> None:
    before = grown.marts(with_batch=True)

    report = grown.go(full_refresh=True)

    assert pack_of(report).status == "published"
    assert grown.marts(with_batch=True) == before
    assert report.files == ()


def test_a_warehouse_that_was_deleted_is_loaded_and_built_again(grown: SmallBank) -> None:
    before = grown.marts()
    grown.warehouse.unlink()

    report = grown.go()

    assert pack_of(report).status == "published"
    assert sum(file.loaded for file in report.files) == sum(file.rows_in for file in report.files) > 0
    assert grown.marts() == before


def test_publications_that_were_deleted_are_published_again(grown: SmallBank) -> None:
    import shutil

    before = grown.marts()
    shutil.rmtree(grown.publications / "tidy")

    assert pack_of(grown.go()).status == "published"

    assert grown.marts() == before


def test_a_pack_enabled_later_is_built_of_every_day(grown: SmallBank, tmp_path: Path) -> None:
    bank = grown.copy(tmp_path / "bank")
    model = copy_pack(bank.root, "second") / "dbt/models/marts/second__daily_totals.sql"
    sql = model.read_text(encoding="utf-8")
    always = sql.replace("{% if is_incremental() %}", "").replace(
        "{% endif %}", ""
    )  # touched days, also at first
    assert always != sql
    model.write_text(always, encoding="utf-8")
    bank.enable("second")

    report = bank.go()

    assert {pack.pack: pack.status for pack in report.packs} == {"tidy": "unchanged", "second": "published"}
    marts = bank.marts()
    assert len(marts["second__daily_totals"]) == len(marts["tidy__daily_totals"])
