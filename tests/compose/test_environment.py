"""What dbt sees of the process's environment while packs' code is read, and what is there afterwards."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.pipeline.small_bank import fresh_bank

from fintech_accelerator.compose.composition import compose
from fintech_accelerator.compose.environment import ADDED, KEPT
from fintech_accelerator.compose.render import render
from fintech_accelerator.compose.runner import DbtRunner

if TYPE_CHECKING:
    import pytest


def test_dbt_sees_nothing_of_the_banks_environment_which_is_whole_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANK_PASSWORD", "Pa55word")
    monkeypatch.setenv("PYTHONHASHSEED", "7")  # one that dbt gets another value of
    bank = fresh_bank(tmp_path / "bank")
    runner = DbtRunner(render(compose(bank.settings)))
    before, folder = dict(os.environ), Path.cwd()
    seen: list[dict[str, str]] = []

    def watch(message: Any) -> None:
        del message
        seen.append(dict(os.environ))

    assert runner.invoke("parse", target=runner.target, watch=watch).success

    assert seen
    assert {name for each in seen for name in each} - KEPT - set(ADDED) == set()
    assert {each["PYTHONHASHSEED"] for each in seen} == {ADDED["PYTHONHASHSEED"]}
    assert (dict(os.environ), Path.cwd()) == (before, folder)
