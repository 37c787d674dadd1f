"""The demo's project: whole, or not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.errors import UsageError
from fintech_accelerator.pipeline.demo import make_demo_project
from fintech_accelerator.ports import SampleBankSize
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

SIZE = SampleBankSize(customers=10, days=40, seed=1)


def test_a_demo_that_was_stopped_while_its_files_were_made_is_made_anew(tmp_path: Path) -> None:
    stopped: list[str] = []

    def stop(table: str) -> None:
        stopped.append(table)
        if table == "customers":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo_project(tmp_path / "demo", SIZE, on_table=stop)
    assert stopped[-1] == "customers"
    assert not (tmp_path / "demo" / "fintech.toml").exists()

    _, files = make_demo_project(tmp_path / "demo", SIZE, on_table=lambda _: None)

    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == [
        ".gitignore",
        "fintech.toml",
        "landing",
    ]
    assert sorted(load_settings(tmp_path / "demo").sources) == sorted(files.globs)


def test_files_of_ones_own_are_left_alone(tmp_path: Path) -> None:
    own = tmp_path / "landing" / "mine.csv"
    own.parent.mkdir()
    own.write_text("a\n1\n", encoding="utf-8")

    with pytest.raises(UsageError, match="exists already") as caught:
        make_demo_project(tmp_path, SIZE, on_table=lambda _: None)

    assert "--folder" in caught.value.fix
    assert own.read_text(encoding="utf-8") == "a\n1\n"
