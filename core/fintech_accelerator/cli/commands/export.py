"""`fintech export`"""

from __future__ import annotations

from pathlib import Path

import click

from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.options import target_option
from fintech_accelerator.cli.render import json_option, print_json


@click.command("export", short_help="Write a published mart to a folder or a bucket.")
@click.argument("mart")
@click.option("--to", required=True, metavar="PLACE", help="A folder, or s3://bucket/folder.")
@target_option()
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv"]),
    default="parquet",
    show_default=True,
    help="CSV is packed with gzip.",
)
@click.option(
    "--include-personal",
    is_flag=True,
    help="Also columns of class P2 and P3, and restricted marts. Without it they are left out.",
)
@click.option("--kms-key", metavar="KEY", help="The key for a bucket. Default: the target's kms_key.")
@json_option
@click.pass_obj
def export(  # noqa: PLR0917  (click gives them by name)
    project: Path | None,
    mart: str,
    to: str,
    target: str | None,
    form: str,
    kms_key: str | None,
    *,
    include_personal: bool,
    as_json: bool,
) -> None:
    """Write MART as it is published now, for instance fraud__daily_kpis.

    A bucket must encrypt by default and be closed to the public; what is put there is encrypted by KMS. On
    Redshift the warehouse writes by itself (UNLOAD), with a manifest, into buckets only. Files are called by
    the publication. Who exported what, and which personal columns, is written to the audit trail.
    """
    from fintech_accelerator.pipeline.export import export_mart

    done = export_mart(
        project_settings(project),
        mart,
        to,
        target=target,
        form=form,
        include_personal=include_personal,
        kms_key=kms_key,
    )
    if as_json:
        print_json(done)
        return
    click.echo(f"{done.mart}: {done.rows:,} rows of publication {done.publication_id} written to {done.to}")
    if done.personal:
        click.echo(f"with personal columns: {', '.join(done.personal)}")
    if done.left_out:
        click.echo(f"without personal columns: {', '.join(done.left_out)} (--include-personal takes them)")
