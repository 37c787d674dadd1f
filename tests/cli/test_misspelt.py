"""Names in fintech.toml that are misspelt: told at once, with the nearest, before anything is landed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.bank import Bank


def _append(bank: Bank, text: str) -> None:
    with (bank.root / "fintech.toml").open("a", encoding="utf-8") as settings:
        settings.write(text)


@pytest.mark.parametrize("command", [("run",), ("sources", "check")])
def test_a_misspelt_pack_is_refused_before_anything_is_landed(
    bank: Bank, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    _append(bank, "\n[packs.tidyy]\n")

    assert bank.run(capsys, *command) == 2

    assert "fintech.toml has [packs.tidyy], but no installed pack is called 'tidyy'" in bank.error
    assert "did you mean [packs.tidy]?" in bank.error
    assert not (bank.root / ".fintech/landing").exists()


def test_what_is_advised_for_a_misspelt_pack_helps(bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    _append(bank, "\n[packs.tidyy]\n")
    assert bank.run(capsys, "run") == 2
    assert "`fintech packs disable tidyy`" in bank.error

    assert bank.run(capsys, "packs", "disable", "tidyy") == 0

    assert "tidyy" not in (bank.root / "fintech.toml").read_text("utf-8")


@pytest.mark.parametrize("has_its_tables", [True, False])
def test_a_misspelt_parameter_is_refused_whatever_else_is_missing(
    bank: Bank, capsys: pytest.CaptureFixture[str], *, has_its_tables: bool
) -> None:
    assert bank.run(capsys, "packs", "enable", "tidy") == 0
    path = bank.root / "fintech.toml"
    text = path.read_text("utf-8").replace("[packs.tidy]", "[packs.tidy]\nlarge_amont = 5")
    path.write_text(text if has_its_tables else _without_sources(text), "utf-8")

    assert bank.run(capsys, "run") == 2

    assert "[packs.tidy] sets 'large_amont', but no parameter of 'tidy' is called so" in bank.error
    assert "did you mean 'large_amount'? `fintech params list tidy` lists them" in bank.error
    assert not (bank.root / ".fintech/landing").exists()
    assert bank.run(capsys, "params", "list", "tidy") == 0
    assert "tidy.large_amount" in bank.output


def test_a_misspelt_table_is_answered_with_the_nearest_and_no_long_list(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    path = bank.root / "fintech.toml"
    path.write_text(path.read_text("utf-8").replace("sources.transactions", "sources.transactons"), "utf-8")

    assert bank.run(capsys, "sources", "check") == 2

    assert bank.error == ("error: no table is called 'transactons'\n  fix: did you mean 'transactions'?\n")


def test_a_constant_without_its_inner_quotes_is_told_how_one_is_written(
    bank: Bank, capsys: pytest.CaptureFixture[str]
) -> None:
    path = bank.root / "fintech.toml"
    path.write_text(path.read_text("utf-8").replace("\"'USD'\"", '"USD"'), "utf-8")

    assert bank.run(capsys, "sources", "check") == 1

    assert "a constant is written currency = \"'USD'\"" in bank.error


def _without_sources(text: str) -> str:
    before, _, after = text.partition("[[sources.transactions]]")
    return before + after[after.index("[packs") :]
