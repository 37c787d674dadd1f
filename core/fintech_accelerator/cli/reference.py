"""The page docs/cli.md: the help of every command, as the commands themselves print it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 100
INTRODUCTION = """\
# The command line

This page is written by the commands themselves: `python -m fintech_accelerator.cli.reference docs/cli.md`;
a test keeps it current. Commands that plugins add are not on it.

Every command works in the nearest folder with a `fintech.toml`, from where you are upwards, or in the one
that `--project` (or `FINTECH_PROJECT`) names. Every command that reports takes `--json`; then an error is
JSON on standard output, too: `{"error": ..., "fix": ..., "exit_code": ...}`.

| exit code | means |
|---|---|
| 0 | done |
| 1 | a gate or a run failed, or something does not verify |
| 2 | wrong use or configuration; nothing was changed |
| 3 | environment: disk, network, credentials, or another run in the way |
| 130 | interrupted; what was finished is kept |

A run ends with one word; its last line, `fintech status`, `--json` (`status`) and the ledger say the same.
The exit code follows from the word:

| a run is | exit code | what it says |
|---|---|---|
| ok | 0 | everything is loaded, built, checked and published |
| warned | 0 | so it is, but rows were quarantined (`fintech quarantine list`) or a rule warned |
| incomplete | 1 | a file was refused whole, all else is published: `fintech sources check` |
| failed | 1 | a gate is closed or a stage failed; what was published before keeps serving |
| refused | 2 | wrong use or configuration; nothing was landed |
| stopped | 3 | the environment was in the way |
| interrupted | 130 | by Ctrl-C; the next run continues (a run that was killed is called so, too) |

## Shell completion

Commands, options, packs and parameters are completed. Put one line into your shell's start-up file:

```sh
eval "$(_FINTECH_COMPLETE=bash_source fintech)"    # ~/.bashrc
eval "$(_FINTECH_COMPLETE=zsh_source fintech)"     # ~/.zshrc
_FINTECH_COMPLETE=fish_source fintech | source     # ~/.config/fish/completions/fintech.fish
```

## Plugins

`FINTECH_PLUGINS=files,sample` loads only the plugins named; `FINTECH_PLUGIN_TRACE=1` writes each hook call to
standard error.
"""


def reference() -> str:
    """The whole page."""
    from fintech_accelerator.cli.main import cli

    settings = {**cli.context_settings, "max_content_width": WIDTH}
    context = click.Context(cli, info_name="fintech", terminal_width=WIDTH, **settings)
    parts = [INTRODUCTION, *_helps(cli, context, level=2)]
    return "\n".join(parts).rstrip() + "\n"


def _helps(command: click.Command, context: click.Context, *, level: int) -> Iterator[str]:
    yield f"{'#' * level} `{context.command_path}`\n"
    yield f"```text\n{command.get_help(context).rstrip()}\n```\n"
    if not isinstance(command, click.Group):
        return
    for name in _own_commands(command, context):
        inner = command.get_command(context, name)
        if inner is not None:
            below = click.Context(inner, context, name, terminal_width=WIDTH, max_content_width=WIDTH)
            yield from _helps(inner, below, level=min(level + 1, 3))


def _own_commands(command: click.Group, context: click.Context) -> list[str]:
    """The product's own commands: what plugins add depends on what is installed."""
    from fintech_accelerator.cli.lazy import LazyGroup

    return list(command.commands_at) if isinstance(command, LazyGroup) else command.list_commands(context)


def main() -> None:
    """Write the page to the file named."""
    import sys
    from pathlib import Path

    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
