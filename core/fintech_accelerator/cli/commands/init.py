"""`fintech init`"""

from __future__ import annotations

import shlex
from pathlib import Path

import click


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.option("--name", help="The bank's name in reports. Default: the folder's.")
@click.option(
    "--base-currency", default="USD", show_default=True, help="ISO 4217 code of the reporting currency."
)
@click.option(
    "--time-zone", default="America/New_York", show_default=True, help="IANA name; decides what a day is."
)
def init(folder: Path, name: str | None, base_currency: str, time_zone: str) -> None:
    """Make a project in FOLDER (default: here).

    Writes fintech.toml, with an example of how to map your files, and .gitignore; touches nothing else.
    """
    from fintech_accelerator.settings.create import create_project

    made = create_project(folder, name=name, base_currency=base_currency, time_zone=time_zone)
    for path in made.files:
        click.echo(f"wrote {path}")
    enter = f"`cd {shlex.quote(str(folder))}`, " if folder.resolve() != Path.cwd() else ""
    click.echo(f"next: {enter}map your files in fintech.toml, then `fintech sources check`")
