"""`fintech init`: a project that loads, and nothing overwritten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.cli.main import main
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from tests.bank import Bank


def init(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["init", *arguments])
    return int(ended.value.code or 0)


def test_a_new_project_can_be_read_and_git_leaves_out_what_is_generated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "first national"

    assert init(str(folder), "--base-currency", "EUR", "--time-zone", "Europe/Berlin") == 0

    assert f"next: `cd '{folder}'`, map your files" in capsys.readouterr().out
    settings = load_settings(folder)
    assert (settings.project.name, settings.project.base_currency) == ("first national", "EUR")
    assert settings.project.time_zone == "Europe/Berlin"
    assert ".fintech/" in (folder / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_a_project_is_never_overwritten(bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    before = (bank.root / "fintech.toml").read_bytes()

    assert init(str(bank.root)) == 2

    assert "there is a project in" in capsys.readouterr().err
    assert (bank.root / "fintech.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--time-zone", "Mars/Base", "'Mars/Base' is not an IANA time zone"),
        (
            "--base-currency",
            "usd",
            "'usd' is no active currency of ISO 4217, such as 'USD'; did you mean",
        ),
        ("--base-currency", "XXQ", "'XXQ' is no active currency"),
        ("--name", "***", "name '***' will not do"),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str, reason: str
) -> None:
    folder = tmp_path / "bank"

    code = init(str(folder), option, value)

    error = capsys.readouterr().err
    assert (code, reason in error) == (2, True), error
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_is_said_in_two_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    assert init(str(tmp_path / "file" / "bank")) == 3

    error, fix = capsys.readouterr().err.splitlines()
    assert error.startswith("error: the project cannot be written to ")
    assert fix == "  fix: choose a folder in which you may write"


def test_the_example_in_a_new_project_works_once_it_is_uncommented(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(str(tmp_path)) == 0
    path = tmp_path / "fintech.toml"
    before, _, example = path.read_text("utf-8").partition("# [[sources.customers]]")
    lines = [
        line.removeprefix("# ").removeprefix("#") for line in f"[[sources.customers]]{example}".splitlines()
    ]
    path.write_text(before + "\n".join(lines), "utf-8")
    (tmp_path / "landing" / "transactions").mkdir(parents=True)
    (tmp_path / "landing/customers.csv").write_text("CUSTOMER\nc1\n", "utf-8")
    (tmp_path / "landing/accounts.csv").write_text("ACCOUNT,CUSTOMER\na1,c1\n", "utf-8")
    (tmp_path / "landing/transactions/1.csv").write_text(
        "TRANSACTION_ID,ACCOUNT,BOOKED_AT,AMOUNT\nt1,a1,2026-01-05 10:00:00,-12.50\n", "utf-8"
    )
    capsys.readouterr()

    with pytest.raises(SystemExit) as ended:
        main(["--project", str(tmp_path), "sources", "check"])

    output = capsys.readouterr().out
    assert ended.value.code == 0, output
    assert output.count(" ok") == 3
    assert output.rstrip().endswith("next: fintech packs list")
