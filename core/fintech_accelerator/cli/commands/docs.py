"""`fintech docs`"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.options import target_option
from fintech_accelerator.cli.render import json_option, print_json, print_table

if TYPE_CHECKING:
    from fintech_accelerator.contract.personal_data import ClassifiedColumn
    from fintech_accelerator.settings import Settings


@click.command("docs")
@target_option("The target to describe")
@click.option("--personal-data", is_flag=True, help="Print the inventory of personal data; write no page.")
@click.option("--open", "is_opened", is_flag=True, help="Open the page in the browser.")
@json_option
@click.pass_obj
def docs(
    project: Path | None, target: str | None, *, personal_data: bool, is_opened: bool, as_json: bool
) -> None:
    """Write the documentation of what is composed, with the inventory of personal data.

    Two pages: dbt's, and the inventory beside it. Both are files under .fintech/docs that load nothing from
    outside, so they may be mailed or archived.
    """
    from fintech_accelerator.pipeline.documentation import write_documentation

    settings = project_settings(project)
    if personal_data:
        _inventory(settings, as_json=as_json)
        return
    made = write_documentation(settings, target=target)
    if as_json:
        print_json(made)
    else:
        click.echo(f"wrote {made.page}\nwrote {made.personal_data}")
        for address in made.blocked:
            click.echo(f"took the outside address {address} out of dbt's page; it loads nothing from outside")
        for reason in made.left_out:
            click.echo(f"left out {reason}", err=True)
    if is_opened:
        click.launch(made.page.as_uri())


def _inventory(settings: Settings, *, as_json: bool) -> None:
    from fintech_accelerator.contract.model import PERSONAL
    from fintech_accelerator.pipeline.documentation import personal_data

    columns = personal_data(settings)
    if as_json:
        print_json(columns)
        return
    shown = [each for each in columns if each.pii in PERSONAL]
    print_table(None, ("column", "class", "meaning", "from"), [_row(each) for each in shown])
    counts = Counter(each.pii for each in columns)
    total = ", ".join(f"{name} {counts[name]}" for name in sorted(counts))
    click.echo(f"columns by class: {total}; --json and `fintech docs` give all of them")


def _row(column: ClassifiedColumn) -> tuple[str, str, str, str]:
    return f"{column.schema}.{column.relation}.{column.column}", column.pii, column.meaning, column.source
