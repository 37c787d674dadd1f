"""`fintech models`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.complete import installed_pack
from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.options import target_option
from fintech_accelerator.cli.render import json_option, print_json, print_table

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.governance.models.inventory import ModelRecord


@click.group("models")
def models() -> None:
    """Train the packs' statistical models, have them validated, and promote them.

    A version is used only after somebody other than its trainer has validated it.
    """


@models.command("list")
@json_option
@click.pass_obj
def list_command(project: Path | None, *, as_json: bool) -> None:
    """List every trained version with its state.

    The measures are those of its newest test week.
    """
    from fintech_accelerator.governance.models.inventory import list_models

    found = list_models(project_settings(project))
    if as_json:
        print_json(found)
    elif found:
        columns = ("model", "version", "state", "trained by", "validated by", "AP", "CP@100", "AUC")
        print_table(None, columns, [_row(record) for record in found], whole=("version",))
    else:
        click.echo("no model was trained yet: `fintech models train PACK MODEL`")


@models.command("train")
@click.argument("pack", shell_complete=installed_pack)
@click.argument("model")
@target_option()
@json_option
@click.pass_obj
def train_command(project: Path | None, pack: str, model: str, target: str | None, *, as_json: bool) -> None:
    """Train MODEL of PACK on what is published.

    Writes models/PACK/MODEL/VERSION: the points table, its card, its entry in the inventory. Needs the extra
    `ml`. The same rows give the same version. Nothing uses a version before it is promoted.
    """
    from fintech_accelerator.governance.models.lifecycle import train

    record = train(project_settings(project), pack, model, target=target)
    if as_json:
        print_json(record)
        return
    columns = ("week from", "rows", "positive", "average precision", "card precision@100", "AUC")
    rows = [
        (
            fold.test_from,
            f"{fold.test_rows:,}",
            f"{fold.test_positives:,}",
            f"{fold.average_precision:.3f}",
            f"{fold.card_precision_100:.3f}",
            f"{fold.roc_auc:.3f}",
        )
        for fold in record.folds
    ]
    print_table(None, columns, rows, right=columns[1:])
    click.echo(f"{pack}.{model}: version {record.version}, trained on {record.rows:,} rows")
    click.echo(
        f"next: fintech models validate {pack} {model} {record.version} --validated-by WHO --finding TEXT"
    )


@models.command("validate")
@click.argument("pack", shell_complete=installed_pack)
@click.argument("model")
@click.argument("version")
@click.option("--validated-by", required=True, metavar="WHO", help="Who looked at it; not its trainer.")
@click.option("--finding", required=True, metavar="TEXT", help="What was found, or where the report lies.")
@json_option
@click.pass_obj
def validate_command(  # noqa: PLR0917  (click gives them by name)
    project: Path | None,
    pack: str,
    model: str,
    version: str,
    validated_by: str,
    finding: str,
    *,
    as_json: bool,
) -> None:
    """Record that somebody other than its trainer validated VERSION."""
    from fintech_accelerator.governance.models.lifecycle import validate

    settings = project_settings(project)
    record = validate(settings, pack, model, version, validated_by=validated_by, finding=finding)
    if as_json:
        print_json(record)
        return
    click.echo(f"{pack}.{model} {version}: validated by {record.validated_by}")
    click.echo(f"next: fintech models promote {pack} {model} {version}")


@models.command("promote")
@click.argument("pack", shell_complete=installed_pack)
@click.argument("model")
@click.argument("version")
@json_option
@click.pass_obj
def promote_command(project: Path | None, pack: str, model: str, version: str, *, as_json: bool) -> None:
    """Make VERSION the champion of MODEL; the one before is retired.

    Refused without a validation record, and for a points table that is not the one that was trained.
    """
    from fintech_accelerator.governance.models.lifecycle import promote

    record = promote(project_settings(project), pack, model, version)
    if as_json:
        print_json(record)
        return
    click.echo(f"{pack}.{model}: {version} is the champion (models/{pack}/{model}/champion.json)")


def _row(record: ModelRecord) -> tuple[str, ...]:
    newest = record.folds[-1]
    return (
        f"{record.pack}.{record.model}",
        record.version,
        record.status,
        record.trained_by,
        record.validated_by or "-",
        f"{newest.average_precision:.3f}",
        f"{newest.card_precision_100:.3f}",
        f"{newest.roc_auc:.3f}",
    )
