"""`fintech status`: before the first run, after one, and after a rollback."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.pipeline.small_bank import fresh_bank, payments, published_bank

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_before_the_first_run_it_names_the_command_and_makes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = fresh_bank(tmp_path / "bank")

    assert bank.run(capsys, "status") == 0

    assert bank.output.startswith("small bank, target dev\nno run yet: `fintech run`\n")
    assert not bank.warehouse.exists()


def test_it_shows_publication_freshness_gate_and_what_is_not_available(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = published_bank(tmp_path / "bank")

    assert bank.run(capsys, "status") == 0

    assert re.search(r"^last run 20\d{6}T\d{6}-\w{6}: ok in ", bank.output, re.MULTILINE)
    row, lacking = (" ".join(bank.output.splitlines()[at].split()) for at in (-3, -1))
    assert re.fullmatch(r"tidy yes 1 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d 2026-02-28 80 passed", row)
    assert lacking == "tidy does without: no_login, no_transactions_mcc"


def test_it_names_the_publications_one_can_go_back_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = published_bank(tmp_path / "bank")
    bank.add("2026-03.csv", payments(3, days=1))
    bank.go()

    assert bank.run(capsys, "status", "--json") == 0
    (pack,) = json.loads(bank.output)["packs"]
    assert (pack["publication_id"], pack["rollback_to"], pack["newest"]) == (2, [1], "2026-03-01")

    assert bank.run(capsys, "rollback", "tidy") == 0
    assert bank.run(capsys, "status", "--json") == 0
    found = json.loads(bank.output)
    (pack,) = found["packs"]
    assert (pack["publication_id"], pack["rollback_to"], pack["newest"]) == (1, [], "2026-02-28")
    assert (found["last_run"]["status"], found["running"]) == ("ok", None)


def test_an_unknown_target_lists_those_that_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank = fresh_bank(tmp_path / "bank")

    assert bank.run(capsys, "status", "--target", "prod") == 2

    assert "(targets: dev)" in bank.error
