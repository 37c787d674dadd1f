"""`fintech rollback`"""

from __future__ import annotations

from pathlib import Path

import click

from fintech_accelerator.cli.complete import enabled_pack, known_target
from fintech_accelerator.cli.render import json_option, print_json


@click.command("rollback")
@click.argument("pack", shell_complete=enabled_pack)
@click.option(
    "--to", type=click.IntRange(1), metavar="NUMBER", help="The publication. Default: the one before."
)
@click.option(
    "--target", shell_complete=known_target, help="The target. Default: the project's default target."
)
@json_option
@click.pass_obj
def rollback(project: Path | None, pack: str, to: int | None, target: str | None, *, as_json: bool) -> None:
    """Return the readers of PACK to an earlier publication; `fintech status` lists those that are kept.

    Nothing is built or loaded back: the next run publishes anew.
    """
    from fintech_accelerator.pipeline.switch import roll_back
    from fintech_accelerator.settings import find_project, load_settings

    settings = load_settings(find_project(project or Path.cwd()))
    done = roll_back(settings, pack, to=to, target=target)
    if as_json:
        print_json(done)
        return
    click.echo(f"{pack}: publication {done.publication_id} serves again (it was {done.previous_id})")
    click.echo("next: correct what was wrong, then `fintech run`")
