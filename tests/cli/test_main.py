"""The frame around all commands: errors, exit codes, JSON, completion."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.bank import Bank

FINTECH = Path(sys.executable).with_name("fintech")


def fintech(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command as a shell would."""
    return subprocess.run(
        [FINTECH, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def completed(words: str, *, folder: Path) -> set[str]:
    """What bash is offered for the last word of a line."""
    parts = words.split(" ")
    done = fintech(
        folder=folder,
        _FINTECH_COMPLETE="bash_complete",
        COMP_WORDS=words,
        COMP_CWORD=str(len(parts) - 1),
    )
    return {line.partition(",")[2] for line in done.stdout.splitlines() if line}


def test_an_error_is_one_line_of_what_and_one_of_what_to_do(bank: Bank) -> None:
    done = fintech("packs", "show", "frod", folder=bank.root)

    assert done.returncode == 2
    assert done.stdout == ""
    reason, fix = done.stderr.splitlines()
    assert reason.startswith("error: no installed pack is called 'frod'")
    assert fix == "  fix: did you mean 'fraud'?"


def test_an_error_is_json_when_json_was_asked_for(bank: Bank) -> None:
    done = fintech("packs", "show", "frod", "--json", folder=bank.root)

    said = json.loads(done.stdout)
    assert (done.returncode, said["exit_code"], said["fix"]) == (2, 2, "did you mean 'fraud'?")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("pack", "list"), "did you mean 'packs'?"),
        (("xyzzy",), "fintech --help"),
        (("run", "--nix"), "--nix"),
    ],
)
def test_an_unknown_command_or_option_is_wrong_use(
    tmp_path: Path, arguments: tuple[str, ...], hint: str
) -> None:
    done = fintech(*arguments, folder=tmp_path)

    assert done.returncode == 2
    assert hint in done.stderr
    assert "Traceback" not in done.stderr


def test_outside_of_a_project_the_error_names_init(tmp_path: Path) -> None:
    done = fintech("params", "list", folder=tmp_path)

    assert done.returncode == 2
    assert "fintech init" in done.stderr


def test_a_reader_who_has_seen_enough_is_no_error(bank: Bank) -> None:
    writer = subprocess.Popen(
        [FINTECH, "docs", "--personal-data", "--json"],
        cwd=bank.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert writer.stdout is not None
    assert writer.stderr is not None
    with writer:
        first = writer.stdout.readline()
        writer.stdout.close()
        error = writer.stderr.read()

    assert (first, error, writer.returncode) == (b"[\n", b"", 0)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("fintech pa", {"packs", "params"}),
        ("fintech packs en", {"enable"}),
        ("fintech packs enable fr", {"fraud"}),
        ("fintech packs disable ", {"tidy", "revenue"}),
        ("fintech packs enable --a", {"--all"}),
        ("fintech params set tidy.l", {"tidy.large_amount"}),
        ("fintech run --target ", {"dev"}),
        ("fintech run --packs t", {"tidy"}),
        ("fintech run --packs tidy,r", {"tidy,revenue"}),
        ("fintech sources check ", {"transactions"}),
        ("fintech quarantine list --table tr", {"transactions"}),
    ],
)
def test_the_shell_is_offered_what_fits_there(bank: Bank, words: str, offered: set[str]) -> None:
    with (bank.root / "fintech.toml").open("a", encoding="utf-8") as file:
        file.write("\n[packs.tidy]\n[packs.revenue]\n")

    assert completed(words, folder=bank.root) == offered


def test_completion_stays_silent_where_something_is_broken(bank: Bank) -> None:
    (bank.root / "fintech.toml").write_text("[project\n", encoding="utf-8")

    assert completed("fintech packs disable ", folder=bank.root) == set()


def test_the_completion_scripts_are_written_for_each_shell(tmp_path: Path) -> None:
    for shell in ("zsh", "fish"):
        done = fintech(folder=tmp_path, _FINTECH_COMPLETE=f"{shell}_source")
        assert "_FINTECH_COMPLETE" in done.stdout
