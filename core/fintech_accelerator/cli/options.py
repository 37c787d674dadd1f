"""Options that several commands have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fintech_accelerator.cli.complete import known_target

if TYPE_CHECKING:
    from collections.abc import Callable


def target_option(what: str = "The target") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option `--target`; `what` says what the command does there."""
    return click.option(
        "--target", shell_complete=known_target, help=f"{what}. Default: the project's default target."
    )
