"""`fintech publish`: what it refuses and what it prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.pipeline.small_bank import fresh_bank, payments, published_bank

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_before_the_first_run_there_is_nothing_to_publish(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = fresh_bank(tmp_path / "bank")

    assert bank.run(capsys, "publish") == 1

    assert bank.error == "error: nothing is built yet\n  fix: run `fintech run`\n"


def test_it_refuses_unknown_and_published_packs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank = published_bank(tmp_path / "bank")

    assert bank.run(capsys, "publish", "tidi") == 2
    assert "did you mean 'tidy'?" in bank.error
    assert bank.run(capsys, "publish", "tidy") == 0
    assert "tidy has nothing new to publish: number 1 serves" in bank.output
    assert bank.run(capsys, "publish", "--json") == 0
    assert json.loads(bank.output) == []


def test_it_says_which_publication_serves_now_and_which_did_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = published_bank(tmp_path / "bank")
    bank.add("2026-03.csv", payments(3, days=1))
    bank.go(publishes=False)

    assert bank.run(capsys, "publish", "--json") == 0

    assert json.loads(bank.output) == [{"pack": "tidy", "publication_id": 2, "previous_id": 1}]


def test_marts_of_another_content_than_the_one_enabled_are_not_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = published_bank(tmp_path / "bank")
    bank.add("2026-03.csv", payments(3, days=1))
    bank.go(publishes=False)
    settings = bank.root / "fintech.toml"
    changed = settings.read_text("utf-8").replace("[packs.tidy]", "[packs.tidy]\nlarge_amount = 2600")
    settings.write_text(changed, "utf-8")

    assert bank.run(capsys, "publish", "tidy") == 1

    assert "the pack 'tidy' is not built as it is enabled now" in bank.error
    assert bank.serving() == {"tidy": 1}
