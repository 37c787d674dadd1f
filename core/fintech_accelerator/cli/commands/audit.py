"""`fintech audit`"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.render import WIDE, json_option, print_json, print_table, text

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.governance.audit_trail import TrailVerification
    from fintech_accelerator.ledger import AuditEvent


@click.group("audit")
def audit() -> None:
    """Read and verify the audit trail: who enabled, changed, overrode, published and rolled back what."""


@audit.command("list")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="The newest events only."
)
@json_option
@click.pass_obj
def list_events(project: Path | None, limit: int, *, as_json: bool) -> None:
    """List the events of the audit trail, newest first. Times are UTC."""
    from fintech_accelerator.governance.audit_trail import audit_events

    events = audit_events(project_settings(project).workspace, limit)
    if as_json:
        print_json(events)
    elif events:
        columns = ("number", "at (UTC)", "who", "what", "details")
        print_table(None, columns, [_row(event) for event in events], right=("number",), widest=WIDE)
    else:
        click.echo("nothing has happened yet that the audit trail records")


@audit.command("verify", short_help="Prove that nothing was changed afterwards.")
@json_option
@click.pass_obj
def verify(project: Path | None, *, as_json: bool) -> int:
    """Re-compute the trail's chain of hashes, and the hash of every published file.

    Exit code 0 when all of it is as it was written, 1 when anything was changed, removed or cut off.
    """
    from fintech_accelerator.governance.audit_trail import audit_events, verify_trail
    from fintech_accelerator.governance.unaudited import unaudited_changes

    settings = project_settings(project)
    found = verify_trail(settings.workspace)
    untold = unaudited_changes(settings, audit_events(settings.workspace))
    if as_json:
        print_json({**asdict(found), "unaudited": [str(each) for each in untold]})
    else:
        _print(found)
        for each in untold:
            click.echo(
                f"not told yet  {each} (in the project's files; the next run writes it into the trail)"
            )
    return 0 if found.is_intact else 1


def _row(event: AuditEvent) -> tuple[str, str, str, str, str]:
    """The pack first and what is long last, so that the first line of the details says most."""
    shown = {name: _short(name, value) for name, value in event.details.items() if value is not None}
    names = sorted(shown, key=lambda name: (name != "pack", len(shown[name]), name))
    details = ", ".join(f"{name}={shown[name]}" for name in names)
    return str(event.sequence), text(event.at), event.actor, event.kind.replace("_", " "), details


def _short(name: str, value: object) -> str:
    shown = str(value)
    most = 12 if name.endswith("sha256") else 40
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def _print(found: TrailVerification) -> None:
    chain = found.chain
    if chain.is_intact:
        click.echo(f"audit trail   intact: {chain.events} events, head {chain.head[:16]}")
    else:
        click.echo(f"audit trail   BROKEN at event {chain.first_broken}: {chain.reason}")
    if found.damaged:
        for reason in found.damaged:
            click.echo(f"publications  DAMAGED: {reason}")
    else:
        click.echo(f"publications  intact: {found.publications} publications, {found.files} files")
    if not found.is_intact:
        click.echo("what to do    restore .fintech/ from a backup, and find out who changed it")
