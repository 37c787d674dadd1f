"""`fintech maintain`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.options import target_option
from fintech_accelerator.cli.render import WIDE, json_option, print_json, print_table
from fintech_accelerator.plurals import counted

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.engines.maintenance import Action

UNITS = ("B", "kB", "MB", "GB", "TB")
STEP = 1000


@click.command("maintain")
@target_option()
@click.option("--apply", "is_applied", is_flag=True, help="Do it. Without, nothing is changed.")
@json_option
@click.pass_obj
def maintain(project: Path | None, target: str | None, *, is_applied: bool, as_json: bool) -> None:
    """Show what a target needs, in rows and bytes; with --apply, do it.

    Rows and landed files past their retention go, and what killed runs and replaced publications left. On
    Redshift, tables past their marks are analyzed and vacuumed, and what a person has to decide is listed.
    Each action is an event of the audit trail.
    """
    from fintech_accelerator.pipeline.maintain import maintain as look

    done = look(project_settings(project), target=target, is_applied=is_applied)
    if as_json:
        print_json(done)
        return
    if done.actions:
        _print("done" if is_applied else "planned", done.actions)
    else:
        click.echo(f"{done.target}: nothing to do")
    if done.findings:
        click.echo()
        _print("to decide", done.findings)
    for note in done.notes:
        click.echo(f"note: {note}")
    if done.actions and not is_applied:
        click.echo(f"next: `fintech maintain --target {done.target} --apply` does {_all(len(done.actions))}")


def _print(title: str, actions: tuple[Action, ...]) -> None:
    columns = (title, "what", "rows", "size", "why")
    rows = [(each.kind, each.what, each.rows, _size(each.bytes), each.why) for each in actions]
    print_table(None, columns, rows, right=("rows", "size"), widest=WIDE)


def _all(number: int) -> str:
    return "it" if number == 1 else f"all {counted(number, 'action')}"


def _size(number: int | None) -> str | None:
    """Bytes for people."""
    if number is None:
        return None
    size = float(number)
    for unit in UNITS:
        if size < STEP or unit == UNITS[-1]:
            return f"{size:,.0f} {unit}" if unit == UNITS[0] else f"{size:,.1f} {unit}"
        size /= STEP
    raise AssertionError  # the last unit takes all
