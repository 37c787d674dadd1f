"""fintech.toml: what is read, and what each mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from fintech_accelerator.errors import SettingsError, UnknownNameError
from fintech_accelerator.settings import find_project, load_settings

PROJECT = '[project]\nname = "first-national"\n'


def write(folder: Path, text: str) -> Path:
    (folder / "fintech.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_project_needs_only_a_name(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, PROJECT))

    name, target = settings.target()
    assert (name, target.engine) == ("dev", "duckdb")
    assert settings.warehouse(target) == tmp_path.resolve() / ".fintech/warehouse.duckdb"
    assert settings.project.base_currency == "USD"


def test_a_source_may_stand_several_times_for_one_table(tmp_path: Path) -> None:
    source = '[[sources.transactions]]\nfiles = { tx = "a/*.csv" }\n'

    settings = load_settings(write(tmp_path, PROJECT + source + source))

    assert [each.connector for each in settings.sources["transactions"]] == ["files", "files"]


@pytest.mark.parametrize(
    ("text", "reason", "fix"),
    [
        ("[projekt]\n", r"no table \[projekt\]", r"did you mean \[project\]"),
        ('[project]\nnam = "x"\n', "project.nam is not a setting", "did you mean 'name'"),
        (
            PROJECT + '[[sources.transactions]]\nfile = { tx = "a.csv" }\n',
            "sources.transactions.0.file is not a setting",
            "did you mean 'files'",
        ),
        (
            PROJECT + '[sources.transactions]\nfiles = { tx = "a.csv" }\n',
            "a source may stand several times",
            r"\[\[sources.transactions\]\], with two brackets",
        ),
        (
            PROJECT + '[[sources.transactions]]\nfiles = "a.csv"\n',
            "sources.transactions.0.files gives its files no names, found 'a.csv'",
            "files = { rows",
        ),
        ("[project]\n", "project.name is missing", "add 'name'"),
        ('[project]\nname = "x"\ntime_zone = "Mars/Base"\n', "not an IANA time zone", "correct"),
        ('[project]\nname = "x"\nbase_currency = "usd"\n', "did you mean 'USD'", "correct"),
        ('[project]\nname = "x"\n[targets.dev\n', r"line 3", "correct the line"),
        ("[project]\nname = ", r"line 2, the last", "correct the line"),
        (PROJECT + '[targets.dev]\nengine = "snowflake"\n', "engines: duckdb", "duckdb"),
        (
            PROJECT + '[targets.dev]\nengine = "duckdb"\nfile = "x"\n',
            "targets.dev.file is not a setting",
            "use|mean",
        ),
        ("[project\n", "not valid TOML", "correct the line"),
    ],
)
def test_a_mistake_is_named_with_what_to_do(tmp_path: Path, text: str, reason: str, fix: str) -> None:
    with pytest.raises(SettingsError, match=reason) as caught:
        load_settings(write(tmp_path, text))

    assert caught.value.exit_code == 2
    import re

    assert re.search(fix, caught.value.fix)


def test_an_unknown_target_lists_those_that_exist(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, PROJECT + '[targets.dev]\nengine = "duckdb"\n'))

    with pytest.raises(UnknownNameError, match="targets: dev") as caught:
        settings.target("dve")

    assert "'dev'" in caught.value.fix


def test_the_project_is_found_from_a_folder_below_it(tmp_path: Path) -> None:
    below = write(tmp_path, PROJECT) / "landing" / "deep"
    below.mkdir(parents=True)

    assert find_project(below) == tmp_path.resolve()


def test_without_a_project_the_error_names_init(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        find_project(tmp_path)

    assert "fintech init" in caught.value.fix
