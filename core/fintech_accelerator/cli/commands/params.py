"""`fintech params`"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fintech_accelerator.cli.complete import installed_pack, known_parameter
from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.render import json_option, print_json, print_table

if TYPE_CHECKING:
    from fintech_accelerator.pipeline.parameters import ParameterRow


class Day(click.ParamType[date]):
    """A day as people write it to machines: 2027-01-01."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day, or say how one is written."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day, such as 2027-01-01", param, ctx)


@click.group("params")
def params() -> None:
    """List the packs' thresholds and change them, dated and approved.

    Policy and statistical values stand in fintech.toml and hold from the next run on. Regulatory values hold
    from a date, stand in parameters.toml, and need somebody else's approval.
    """


@params.command("list")
@click.argument("pack", required=False, shell_complete=installed_pack)
@json_option
@click.pass_obj
def list_command(project: Path | None, pack: str | None, *, as_json: bool) -> None:
    """List the thresholds of PACK, or of every enabled pack.

    Shows what holds today (and the default, where that is another), what may be set, and where it comes from.
    """
    from fintech_accelerator.pipeline.parameters import list_parameters

    rows = list_parameters(project_settings(project), pack)
    if as_json:
        print_json(rows)
        return
    if not rows:
        click.echo("no parameters: `fintech packs enable` a pack first, or name an installed one")
        return
    columns = ("parameter", "value", "allowed", "class", "source")
    print_table(None, columns, [_row(each) for each in rows], whole=("parameter",))


@params.command("set")
@click.argument("name", metavar="PACK.NAME", shell_complete=known_parameter)
@click.argument("value")
@click.option(
    "--from",
    "effective_from",
    type=Day(),
    metavar="DATE",
    help="The day from which a regulatory value holds, such as 2027-01-01.",
)
@click.option("--approved-by", metavar="WHO", help="Who approved the change; not the one who makes it.")
@json_option
@click.pass_obj
def set_command(
    project: Path | None,
    name: str,
    value: str,
    effective_from: date | None,
    approved_by: str | None,
    *,
    as_json: bool,
) -> None:
    """Set the threshold PACK.NAME to VALUE.

    Old and new value go into the audit trail. A value out of range is refused with the range. The comments in
    fintech.toml stay. A negative value goes behind two dashes: `fintech params set -- PACK.NAME -5`.
    """
    from fintech_accelerator.pipeline.parameters import change_parameter

    change = change_parameter(
        project_settings(project),
        name,
        value,
        effective_from=effective_from,
        approved_by=approved_by,
    )
    if as_json:
        print_json(change)
        return
    if change.old == change.new and change.effective_from is None:
        click.echo(f"{change.pack}.{change.name} is {change.new} already")
        return
    since = f" from {change.effective_from} on" if change.effective_from else " from the next run on"
    click.echo(f"{change.pack}.{change.name}: {change.old} -> {change.new}{since} ({change.file.name})")
    click.echo("next: fintech run")


def _row(row: ParameterRow) -> tuple[str, str, str, str, str]:
    value = row.value if row.value == row.default else f"{row.value} (default {row.default})"
    since = f"\nsince {row.effective_from}, approved by {row.approved_by}" if row.effective_from else ""
    kind = f"{row.kind}\nowner: {row.owner_role}" if row.owner_role else row.kind
    return f"{row.pack}.{row.name}", value + since, row.allowed, kind, row.source
