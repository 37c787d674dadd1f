"""A mart with a column whose personal data nobody classified gets into no composition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bank import Bank, copy_pack
from tests.pipeline.small_bank import published_bank

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

MART = "dbt/models/marts/{pack}__daily_totals.yml"
TEXT = "description: Sum of credits in base currency.\n"
CLASS = f"{TEXT}        config:\n          meta:\n            pii: P1\n"
REASON = "{pack}__daily_totals: the column 'credited_amount' is not classified"


def unclassify(folder: Path, pack: str) -> None:
    """Take the class off one column of a mart."""
    path = folder / MART.format(pack=pack)
    text = path.read_text("utf-8")
    assert text.count(CLASS) == 1
    path.write_text(text.replace(CLASS, TEXT), "utf-8")


def test_enabling_a_pack_with_an_unclassified_column_is_refused_and_changes_nothing(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    unclassify(copy_pack(bank.root, "vague"), "vague")
    before = bank.state()

    assert bank.run(capsys, "packs", "enable", "vague") == 2

    assert f"{MART.format(pack='vague')}, line 4: {REASON.format(pack='vague')}" in bank.error
    assert "classes: P0, P1, P2, P3" in bank.error
    assert bank.error.count("fix:") == 1
    assert bank.state() == before


def test_an_enabled_pack_that_loses_a_class_is_not_built_and_its_publication_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = published_bank(tmp_path / "bank")
    before = bank.marts(with_batch=True)
    unclassify(bank.root / "packs" / "tidy", "tidy")
    bank.add("later.csv", ["n1,a1,2026-03-01 10:00:00,3.00,D"])

    assert bank.run(capsys, "run") == 1

    assert REASON.format(pack="tidy") in bank.output
    assert bank.serving() == {"tidy": 1}
    assert bank.marts(with_batch=True) == before
