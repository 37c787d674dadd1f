"""`fintech status`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.options import target_option
from fintech_accelerator.cli.render import (
    json_option,
    moment,
    print_json,
    print_lacking,
    print_table,
    seconds,
)

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.pipeline.status import PackStatus, ProjectStatus


@click.command("status")
@target_option()
@json_option
@click.pass_obj
def status(project: Path | None, target: str | None, *, as_json: bool) -> None:
    """Show what is published, how fresh it is, how the last run ended, and whether one is running.

    It works during a run.
    """
    from fintech_accelerator.pipeline.status import project_status

    found = project_status(project_settings(project), target=target)
    if as_json:
        print_json(found)
        return
    click.echo(f"{found.project}, target {found.target}")
    _print_run(found)
    if found.packs:
        click.echo()
        columns = ("pack", "enabled", "publication", "published", "newest day", "rows", "gate", "back to")
        print_table(None, columns, map(_row, found.packs), right=("publication", "rows"))
        print_lacking({pack.pack: pack.capability_flags for pack in found.packs})
    else:
        click.echo("no pack is enabled: `fintech packs list`")


def _print_run(found: ProjectStatus) -> None:
    if found.running is not None:
        holder = found.running
        click.echo(
            f"running: `{holder['command']}`, process {holder['pid']}, since {moment(holder['started_at'])}"
        )
    run = found.last_run
    if run is None:
        click.echo("no run yet: `fintech run`")
        return
    took = f" in {seconds(run.seconds)}" if run.seconds is not None else ""
    click.echo(f"last run {run.run_id}: {run.status}{took}" + (f": {run.error}" if run.error else ""))


def _row(pack: PackStatus) -> tuple[Any, ...]:
    return (
        pack.pack,
        pack.is_enabled,
        pack.publication_id,
        moment(pack.published_at),
        pack.newest,
        pack.rows,
        pack.gate or "",
        ", ".join(str(number) for number in pack.rollback_to),
    )
