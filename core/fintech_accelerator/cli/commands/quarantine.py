"""`fintech quarantine`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.complete import mapped_table
from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.render import json_option, print_json, print_table, text
from fintech_accelerator.errors import UsageError

if TYPE_CHECKING:
    from fintech_accelerator.ingest.quarantine import QuarantinedValue

table_option = click.option("--table", shell_complete=mapped_table, help="Only the rows of this table.")


@click.group("quarantine")
def quarantine() -> None:
    """Rows that were refused, and why.

    A row that does not fit its table's contract is not loaded; it is kept here with its file, row number,
    column, rule and value. Values of personal columns (classes P2 and P3) are masked.
    """


@quarantine.command("list")
@table_option
@json_option
@click.pass_obj
def list_command(project: Path | None, table: str | None, *, as_json: bool) -> None:
    """Count the refused values by file, column and rule."""
    from fintech_accelerator.ingest import quarantine_summary

    found = quarantine_summary(project_settings(project).workspace, table)
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo("nothing is quarantined")
        return
    print_table(
        None,
        ("table", "file", "column", "rule", "rows", "newest"),
        [
            (each.table, each.file_name, each.column_name or "(the line)", each.rule, each.rows, each.newest)
            for each in found
        ],
        right=("rows",),
    )
    click.echo("next: `fintech quarantine show`, or correct the mapping in fintech.toml and run again")


@quarantine.command("show", short_help="Show refused values, the newest first.")
@table_option
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="At most so many.")
@json_option
@click.pass_obj
def show(project: Path | None, table: str | None, limit: int, *, as_json: bool) -> None:
    """Show refused values, those of the newest load first, each with the row as it came."""
    from fintech_accelerator.ingest import quarantine_rows

    found = quarantine_rows(project_settings(project).workspace, table, limit)
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo("nothing is quarantined")
        return
    for each in found:
        _show(each)


@quarantine.command("export")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@table_option
@json_option
@click.pass_obj
def export(project: Path | None, path: Path, table: str | None, *, as_json: bool) -> None:
    """Write the refused values to PATH, a .csv or .parquet file.

    Personal values stay masked. The export is written to the audit trail.
    """
    from fintech_accelerator.ingest import export_quarantine

    workspace = project_settings(project).workspace
    if not path.parent.is_dir():
        raise UsageError(
            f"there is no folder {str(path.parent)!r} to write {path.name!r} into",
            fix="make the folder, or choose one that exists",
        )
    rows = export_quarantine(workspace, table, path)
    if as_json:
        print_json({"path": path, "rows": rows, "table": table})
    else:
        click.echo(f"{rows:,} values written to {path.resolve()}")


def _show(each: QuarantinedValue) -> None:
    """Where and why on one line, the row below it: rows are too wide for a table."""
    value = "" if each.value is None else f" {each.value!r}"
    column = each.column_name or "(the line)"
    click.echo(text(f"{each.table}, {each.file_name}, row {each.row_number:,}: {column}: {each.rule}{value}"))
    if each.row is not None:
        click.echo(f"  {text(each.row)}")
