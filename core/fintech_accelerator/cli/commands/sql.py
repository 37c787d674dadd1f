"""`fintech sql`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.complete import installed_pack
from fintech_accelerator.cli.context import optional_settings, project_settings
from fintech_accelerator.cli.render import json_option, print_json, short_path
from fintech_accelerator.plurals import counted

if TYPE_CHECKING:
    from fintech_accelerator.pipeline.portable_sql import LintReport
    from fintech_accelerator.portability.files import FileFinding


@click.group("sql")
def sql() -> None:
    """Check SQL for what does not run, or not alike, on every engine."""


@sql.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--pack", metavar="NAME", shell_complete=installed_pack, help="Only this pack's models.")
@json_option
@click.pass_obj
def lint(project: Path | None, paths: tuple[Path, ...], pack: str | None, *, as_json: bool) -> int:
    """Find what Redshift refuses or answers otherwise.

    Looks at the project's models, at one pack's, or at files and folders of SQL. Models are compiled for
    Redshift, without any connection. A file, or a pack that the project does not enable, is read as it is
    written, without its Jinja and its macros for other engines.

    Exit code 0: nothing found; 1: something found, or a pack cannot be built. docs/portable-sql.md lists
    the rules.
    """
    from fintech_accelerator.errors import UsageError
    from fintech_accelerator.pipeline.portable_sql import lint_files, lint_pack, lint_project

    if paths and pack:
        raise UsageError("PATHS and --pack exclude each other", fix="give one of them")
    if paths:
        report = lint_files(paths)
    elif pack:
        report = lint_pack(optional_settings(project), pack)
    else:
        report = lint_project(project_settings(project))
    if as_json:
        print_json(report)
    else:
        _print(report)
    return 1 if report.findings or report.left_out else 0


def _print(report: LintReport) -> None:
    for each in report.findings:
        _print_finding(each)
    for reason in report.left_out:
        click.echo(f"left out {reason}", err=True)
    checked = counted(report.checked, report.unit)
    if not report.findings:
        click.echo(f"{checked}: nothing found")
        return
    refused = sum(each.refused for each in report.findings)
    files = counted(len({each.file for each in report.findings}), "file")
    click.echo(
        f"{checked}: {counted(len(report.findings), 'finding')} in {files}; "
        f"{refused:,} refused by Redshift, {len(report.findings) - refused:,} with another result"
    )


def _print_finding(finding: FileFinding) -> None:
    kind = "refused" if finding.refused else "differs"
    click.echo(f"{short_path(finding.file)}:{finding.line}:{finding.column}: {kind}: {finding.message}")
    click.echo(f"  write: {finding.portable_form}")
    click.echo(f"  rule {finding.rule}, {finding.page}")
