"""`fintech warehouse plan` and `fintech warehouse apply`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.options import target_option
from fintech_accelerator.cli.render import json_option, print_json
from fintech_accelerator.plurals import counted

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.pipeline.warehouse import AccessPlan

DIFFERS = 1


@click.group("warehouse")
def warehouse() -> None:
    """Who may read what in a Redshift warehouse: the access matrix, planned and applied."""


@warehouse.command("plan")
@target_option()
@click.option("--sql", "with_sql", is_flag=True, help="Print the statements, too.")
@json_option
@click.pass_obj
def plan(project: Path | None, target: str | None, *, with_sql: bool, as_json: bool) -> None:
    """Show how access differs from the access matrix; change nothing.

    Schemas, roles, rights, masks and rules on rows are compared with what the catalogue says. Exit code 1:
    they differ, by what is missing or by what somebody added.
    """
    from fintech_accelerator.pipeline.warehouse import plan_access

    found = plan_access(project_settings(project), target=target)
    if as_json:
        print_json(found)
    else:
        _show(found, with_sql=with_sql)
        if found.differs:
            click.echo(f"next: `fintech warehouse apply --target {found.target}`")
        else:
            click.echo(f"{found.target}: nothing to do, access is as the matrix says")
    if found.differs:
        raise SystemExit(DIFFERS)


@warehouse.command("apply")
@target_option()
@json_option
@click.pass_obj
def apply(project: Path | None, target: str | None, *, as_json: bool) -> None:
    """Make access as the access matrix says, all of it or nothing.

    What is missing is made, and what somebody added is taken away. The catalogue is read again afterwards;
    what was done is an event of the audit trail.
    """
    from fintech_accelerator.pipeline.warehouse import apply_access

    done = apply_access(project_settings(project), target=target)
    if as_json:
        print_json(done)
        return
    _show(done, with_sql=False)
    told = counted(len(done.statements), "statement")
    click.echo(f"{done.target}: access is as the matrix says ({told})")


def _show(found: AccessPlan, *, with_sql: bool) -> None:
    for sign, colour, items in (("+", "green", found.missing), ("-", "red", found.extra)):
        for words in items:
            click.secho(f"{sign} {words}", fg=colour)
    for statement in found.statements if with_sql else ():
        click.echo(f"{statement};")
    for role, users in found.members.items():
        click.echo(f"held: {role} by {', '.join(users)}")
    for command in found.by_hand:
        click.echo(f"by hand, SQL cannot set it: {command}")
