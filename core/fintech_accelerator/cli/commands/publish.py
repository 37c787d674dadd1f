"""`fintech publish`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.complete import enabled_pack
from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.options import target_option
from fintech_accelerator.cli.progress import watching
from fintech_accelerator.cli.render import json_option, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fintech_accelerator.pipeline.switch import Switched


@click.command("publish")
@click.argument("packs", nargs=-1, metavar="[PACK]...", shell_complete=enabled_pack)
@target_option()
@click.option(
    "--override-gate", is_flag=True, help="Publish the named packs although critical rules do not hold."
)
@click.option("--approved-by", metavar="WHO", help="Who lets the gate pass; not the one who types this.")
@click.option("--reason", metavar="WHY", help="Why; shown with the publication and kept in the audit trail.")
@json_option
@click.pass_obj
def publish(
    project: Path | None,
    packs: tuple[str, ...],
    target: str | None,
    approved_by: str | None,
    reason: str | None,
    *,
    override_gate: bool,
    as_json: bool,
) -> None:
    """Make checked marts visible that are not: after `fintech run --no-publish`, or when publishing failed.

    Nothing is built. Without PACK, every pack that waits.

    Overriding a gate holds for the one publication: the next run builds and checks the same days again, and
    ends with exit code 1 until the rules hold. What was let pass keeps serving meanwhile.
    """
    from fintech_accelerator.pipeline.switch import Override, publish_ready
    from fintech_accelerator.plugins import telling

    settings = project_settings(project)
    override = Override(approved_by or "", reason or "") if override_gate else None
    with watching(is_quiet=as_json) as sink:
        done = publish_ready(
            settings, packs or None, target=target, override=override, on_event=telling(sink)
        )
    if as_json:
        print_json(done)
    elif not done:
        click.echo("nothing waits to be published")
    else:
        _print(done)
        if override is not None:
            click.echo("the gate stays closed for the next run: it checks the same days until the rules hold")
        click.echo("next: fintech status")


def _print(done: Sequence[Switched]) -> None:
    rows = [(each.pack, each.publication_id, each.previous_id) for each in done if each.is_new]
    if rows:
        print_table(None, ("pack", "publication", "before"), rows, right=("publication", "before"))
    for each in done:
        if not each.is_new:
            click.echo(f"{each.pack} has nothing new to publish: number {each.publication_id} serves")
