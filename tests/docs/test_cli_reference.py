"""docs/cli.md is what the commands say of themselves, and all of it reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from fintech_accelerator.cli.main import COMMANDS, cli
from fintech_accelerator.cli.reference import reference

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
REPORTING = {
    *("demo", "sample", "doctor", "run", "status", "results", "publish", "export", "rollback", "docs"),
    *("maintain", "warehouse plan", "warehouse apply"),
    *(f"packs {name}" for name in ("list", "show", "enable", "disable", "upgrade")),
    "sql lint",
    *("params list", "params set", "sources list", "sources check", "audit list", "audit verify"),
    *(f"quarantine {name}" for name in ("list", "show", "export")),
}


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        words = f"{path} {name}".strip()
        if isinstance(command, click.Group):
            yield from commands(command, words)
        else:
            yield words, command


EVERY = dict(commands(cli))


def test_the_page_is_what_the_commands_say() -> None:
    fix = "run `python -m fintech_accelerator.cli.reference docs/cli.md`"
    assert PAGE.read_text(encoding="utf-8") == reference(), fix


def test_every_command_of_the_table_can_be_imported() -> None:
    assert set(COMMANDS) <= {words.partition(" ")[0] for words in EVERY}


@pytest.mark.parametrize("words", sorted(EVERY))
def test_help_is_a_sentence_and_every_option_is_explained(words: str) -> None:
    command = EVERY[words]
    first = (command.help or "").strip().partition("\n\n")[0]

    assert first.endswith("."), words
    assert len(" ".join(first.split())) <= 110
    obvious = {"customers"}
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name not in obvious:
            assert parameter.help, f"{words}: {parameter.opts}"


@pytest.mark.parametrize("words", ["", *(name for name in COMMANDS if name not in EVERY)])
def test_the_summaries_of_commands_are_whole_on_80_columns(words: str) -> None:
    context = click.Context(cli, info_name="fintech", terminal_width=80)
    command = cli.get_command(context, words) if words else cli
    assert command is not None

    lines = command.get_help(
        click.Context(command, context, words or "fintech", terminal_width=80)
    ).splitlines()

    listed = lines[lines.index("Commands:") + 1 :]
    assert not [line for line in listed if line.endswith("...")]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("words", sorted(REPORTING))
def test_commands_that_report_take_json(words: str) -> None:
    assert any("--json" in parameter.opts for parameter in EVERY[words].params)
