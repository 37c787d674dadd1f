"""`fintech rollback`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.complete import enabled_pack
from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.options import target_option
from fintech_accelerator.cli.render import json_option, print_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command("rollback")
@click.argument("pack", shell_complete=enabled_pack)
@click.option(
    "--to", type=click.IntRange(1), metavar="NUMBER", help="The publication. Default: the one before."
)
@target_option()
@json_option
@click.pass_obj
def rollback(project: Path | None, pack: str, to: int | None, target: str | None, *, as_json: bool) -> None:
    """Return the readers of PACK to an earlier publication; `fintech status` lists those that are kept.

    Nothing is built or loaded back: the next run publishes anew.
    """
    from fintech_accelerator.pipeline.switch import roll_back

    settings = project_settings(project)
    done = roll_back(settings, pack, to=to, target=target)
    if as_json:
        print_json(done)
        return
    click.echo(f"{pack}: publication {done.publication_id} serves again (it was {done.previous_id})")
    click.echo("next: correct what was wrong, then `fintech run`")
