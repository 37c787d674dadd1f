"""Broken and hostile packs: refused on enabling, with file and line; nothing is written, the others work."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.bank import Bank, copy_pack
from tests.packs import broken_cases, hostile_cases, hostile_sql_cases
from tests.packs.spoiled import replacing

from fintech_accelerator.compose.composition import compose
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from tests.packs.spoiled import Spoiled


CASES = (*broken_cases.CASES, *hostile_cases.CASES, *hostile_sql_cases.CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_pack_is_refused_with_file_and_line(
    case: Spoiled, proven_bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy_pack(proven_bank.root, "nasty")
    case.spoil(folder)
    before = proven_bank.state()
    try:
        code = proven_bank.run(capsys, "packs", "enable", "nasty")
        available = {pack.name for pack in compose(load_settings(proven_bank.root)).packs}
    finally:
        shutil.rmtree(folder)

    assert code == 2, proven_bank.error
    assert case.place in proven_bank.error
    assert case.reason in proven_bank.error
    assert "  fix:" in proven_bank.error
    assert proven_bank.state() == before
    assert available == {"tidy"}


def test_the_copy_that_is_spoiled_above_is_fine_unspoiled(
    proven_bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy_pack(proven_bank.root, "neat")
    text = (proven_bank.root / "fintech.toml").read_text(encoding="utf-8")
    try:
        assert proven_bank.run(capsys, "packs", "enable", "neat") == 0, proven_bank.error
        assert proven_bank.run(capsys, "packs", "disable", "neat") == 0, proven_bank.error
    finally:
        shutil.rmtree(folder)

    assert (proven_bank.root / "fintech.toml").read_text(encoding="utf-8") == text


def test_a_pack_with_python_code_is_enabled_only_where_the_bank_allows_it(
    proven_bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy_pack(proven_bank.root, "nasty")
    replacing("pack.toml", 'tier = "data"', 'tier = "code"')(folder)
    path = proven_bank.root / "fintech.toml"
    text = path.read_text(encoding="utf-8")
    try:
        refused = proven_bank.run(capsys, "packs", "enable", "nasty")
        told = proven_bank.error
        path.write_text(
            text.replace("[project]\n", '[project]\nallow_code_packs = ["nasty"]\n', 1), encoding="utf-8"
        )
        allowed = proven_bank.run(capsys, "packs", "enable", "nasty")
        assert proven_bank.run(capsys, "packs", "disable", "nasty") == 0, proven_bank.error
    finally:
        path.write_text(text, encoding="utf-8")
        shutil.rmtree(folder)

    assert (refused, allowed) == (2, 0)
    assert "the pack 'nasty' brings Python code, which fintech.toml does not allow" in told
    assert "add 'nasty' to allow_code_packs" in told
