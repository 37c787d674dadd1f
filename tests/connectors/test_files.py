"""The files connector: names, patterns and variables, and what it says when nothing is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.errors import SettingsError, SourceError
from fintech_accelerator.plugins import installed

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.ports import SourceFile


def _find(folder: Path, files: dict[str, str], options: dict[str, str] | None = None) -> list[SourceFile]:
    connector = installed().connectors()["files"]
    return list(connector.files(project_folder=folder, files=files, options=options or {}))


def _touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")


def test_patterns_are_relative_to_the_project_and_sorted(tmp_path: Path) -> None:
    _touch(tmp_path, "in/b.csv", "in/a.csv", "in/a.parquet", "in/deep/c.csv")

    found = _find(tmp_path, {"tx": "in/*.csv", "all": "in/**/c.csv"})

    assert [(file.alias, file.name) for file in found] == [
        ("all", "in/deep/c.csv"),
        ("tx", "in/a.csv"),
        ("tx", "in/b.csv"),
    ]
    assert found[1].path == tmp_path / "in/a.csv"


def test_a_pattern_takes_files_and_no_folders(tmp_path: Path) -> None:
    _touch(tmp_path, "in/a", "in/deep/c")

    assert [file.name for file in _find(tmp_path, {"x": "in/*"})] == ["in/a"]


def test_a_whole_path_is_allowed_and_named_in_full_outside_the_project(tmp_path: Path) -> None:
    _touch(tmp_path, "elsewhere/a.csv")

    found = _find(tmp_path / "project", {"x": str(tmp_path / "elsewhere/*.csv")})

    assert [file.name for file in found] == [(tmp_path / "elsewhere/a.csv").as_posix()]


def test_variables_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _touch(tmp_path, "data/2026/a.csv")
    monkeypatch.setenv("BANK_FILES", str(tmp_path / "data"))
    monkeypatch.setenv("YEAR", "2026")

    assert len(_find(tmp_path, {"x": "${BANK_FILES}/${YEAR}/*.csv"})) == 1


@pytest.mark.parametrize("value", [None, ""])
def test_a_variable_that_is_not_set_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.setenv("FINTECH_DATA", "/somewhere")
    monkeypatch.delenv("FINTECH_DATE", raising=False)
    if value is not None:
        monkeypatch.setenv("FINTECH_DATE", value)

    with pytest.raises(SettingsError) as caught:
        _find(tmp_path, {"x": "${FINTECH_DATE}/a.csv"})

    assert (
        caught.value.reason == "the environment variable 'FINTECH_DATE' in '${FINTECH_DATE}/a.csv' is not set"
    )
    assert "did you mean ${FINTECH_DATA}?" in caught.value.fix


def test_a_name_with_a_bracket_in_it_is_found(tmp_path: Path) -> None:
    _touch(tmp_path, "in/tx [1].csv")

    assert [file.name for file in _find(tmp_path, {"x": "in/tx [1].csv"})] == ["in/tx [1].csv"]


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("in/transaction.csv", "in has 'transactions.csv'"),
        ("in/tx*.parquet", "in has accounts.csv, transactions.csv)"),
        ("inn/*.csv", "has 'in'"),
        ("many/q*z.bin", "many has 0.x, 1.x, 2.x and 1 more"),
        ("empty/*.csv", "empty is empty"),
    ],
)
def test_a_pattern_that_matches_nothing_names_the_nearest_thing(
    tmp_path: Path, pattern: str, hint: str
) -> None:
    _touch(tmp_path, "in/transactions.csv", "in/accounts.csv")
    _touch(tmp_path, *(f"many/{number}.x" for number in range(4)))
    (tmp_path / "empty").mkdir()

    with pytest.raises(SourceError) as caught:
        _find(tmp_path, {"x": pattern})

    assert f"no file matches {pattern!r}" in caught.value.reason
    assert hint in caught.value.reason


def test_an_option_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no option 'recursive'"):
        _find(tmp_path, {"x": "*.csv"}, {"recursive": "yes"})


def test_an_address_among_files_is_refused(tmp_path: Path) -> None:
    _touch(tmp_path, "a.csv")

    with pytest.raises(SettingsError, match=r"'s3://bank/\*\.csv' is no file of this machine"):
        _find(tmp_path, {"x": "a.csv", "y": "s3://bank/*.csv"})
