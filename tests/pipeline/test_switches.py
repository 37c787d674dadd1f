"""What readers see, moved by hand: publishing later, going back, some packs only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.bank import copy_pack
from tests.pipeline.small_bank import SmallBank, pack_of, payments, published_bank

from fintech_accelerator.engines.publications import read_manifest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def two_published(tmp_path_factory: pytest.TempPathFactory) -> SmallBank:
    """A bank with two publications: January and February, then the first of March."""
    bank = published_bank(tmp_path_factory.mktemp("two") / "bank")
    bank.add("2026-03.csv", payments(3, days=1))
    assert pack_of(bank.go()).publication_id == 2
    return bank


def test_checked_marts_wait_until_they_are_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = published_bank(tmp_path / "bank")
    before = bank.marts()
    bank.add("2026-03.csv", payments(3, days=1))

    assert bank.run(capsys, "run", "--no-publish") == 0
    assert "next:  fintech publish" in bank.output
    assert (bank.serving(), bank.marts()) == ({"tidy": 1}, before)

    assert bank.run(capsys, "publish") == 0
    assert bank.serving() == {"tidy": 2}
    assert len(bank.marts()["tidy__daily_totals"]) == len(before["tidy__daily_totals"]) + 1

    assert bank.run(capsys, "publish", "tidy") == 0
    assert "nothing new to publish: number 2 serves" in bank.output


def test_a_publication_bears_the_time_at_which_readers_saw_it(tmp_path: Path) -> None:
    bank = published_bank(tmp_path / "bank")
    bank.add("2026-03.csv", payments(3, days=1))
    report = bank.go()

    before = sum(stage.seconds for stage in report.stages if stage.stage in {"load", "build", "check"})
    shown = datetime.fromisoformat(read_manifest(bank.publications, "tidy", 2).published_at)
    assert shown.replace(tzinfo=None) >= report.started_at + timedelta(seconds=before)
    assert pack_of(bank.go()).status == "unchanged"
    assert bank.serving() == {"tidy": 2}


def test_marts_that_wait_are_published_by_the_next_run(tmp_path: Path) -> None:
    bank = published_bank(tmp_path / "bank")
    bank.add("2026-03.csv", payments(3, days=1))
    assert pack_of(bank.go(publishes=False)).status == "ready"

    assert pack_of(bank.go()).status == "published"
    assert bank.serving() == {"tidy": 2}


def test_what_was_rolled_back_stays_so_until_there_is_something_new(
    two_published: SmallBank, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = two_published.copy(tmp_path / "bank")
    marts = bank.marts()

    assert bank.run(capsys, "rollback", "tidy") == 0
    assert "publication 1 serves again (it was 2)" in bank.output
    assert len(bank.marts()["tidy__daily_totals"]) == len(marts["tidy__daily_totals"]) - 1

    report = bank.go()
    assert (pack_of(report).status, pack_of(report).publication_id) == ("unchanged", 1)
    assert (pack_of(report).newest, bank.serving()) == ("2026-02-28", {"tidy": 1})

    bank.add("2026-04.csv", payments(4, days=1))
    assert pack_of(bank.go()).publication_id == 3
    assert len(bank.marts()["tidy__daily_totals"]) == len(marts["tidy__daily_totals"]) + 1

    assert bank.run(capsys, "rollback", "tidy", "--to", "1") == 0
    assert bank.serving() == {"tidy": 1}
    assert bank.run(capsys, "rollback", "tidy") == 2
    assert "nothing to return to" in bank.error


def test_only_the_packs_named_are_built(two_published: SmallBank, tmp_path: Path) -> None:
    bank = two_published.copy(tmp_path / "bank")
    copy_pack(bank.root, "second")
    bank.enable("second")

    report = bank.go(packs=["second"])
    assert [(pack.pack, pack.status) for pack in report.packs] == [("second", "published")]

    bank.add("2026-04.csv", payments(4, days=1))
    bank.go(packs=["second"])
    assert bank.serving() == {"tidy": 2, "second": 2}

    report = bank.go()
    assert {pack.pack: pack.status for pack in report.packs} == {"tidy": "published", "second": "unchanged"}
    marts = bank.marts()
    assert marts["tidy__large_payments"] == marts["second__large_payments"]
    assert len(marts["tidy__daily_totals"]) == len(marts["second__daily_totals"])
