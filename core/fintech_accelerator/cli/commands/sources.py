"""`fintech sources`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.complete import mapped_table
from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.render import json_option, print_json, print_table
from fintech_accelerator.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.ingest import SourceListing, SourceReport
    from fintech_accelerator.settings import Settings


@click.group("sources")
def sources() -> None:
    """List the mapped sources and try them without loading.

    How files are mapped to tables is written in fintech.toml; docs/sources.md says how.
    """


@sources.command("list", short_help="List each source and how it is mapped.")
@json_option
@click.pass_obj
def list_command(project: Path | None, *, as_json: bool) -> int:
    """List each source: its files, how it is mapped, what it assumes and what it lacks.

    Exit code 1 when the files of a source cannot be found.
    """
    from fintech_accelerator.contract import load_contract
    from fintech_accelerator.ingest import list_sources

    listed = list_sources(_with_sources(project), load_contract())
    if as_json:
        print_json(listed)
    else:
        print_table(
            None,
            ("source", "files", "mapping", "columns", "assumed", "lacks"),
            [_listed(each) for each in listed],
            right=("columns",),
        )
        for each in listed:
            _say(each.problem, each.fix)
    return 1 if any(each.problem for each in listed) else 0


@sources.command("check", short_help="Try the mappings; load nothing.")
@click.argument("table", required=False, shell_complete=mapped_table)
@json_option
@click.pass_obj
def check(project: Path | None, table: str | None, *, as_json: bool) -> int:
    """Read, map and type the files of every source, or of TABLE's, without loading anything.

    Shows the rows of each file, and those that would be quarantined by the rule they break, with examples
    (values of personal columns are masked). Exit code 1 when a file would be refused whole.
    """
    from fintech_accelerator.compose.enabled import check_pack_names
    from fintech_accelerator.contract import load_contract
    from fintech_accelerator.ingest import check_sources
    from fintech_accelerator.packs.discovery import discover

    settings = _with_sources(project)
    check_pack_names(settings, discover(settings))
    reports = check_sources(settings, load_contract(), table=table)
    if as_json:
        print_json(reports)
    else:
        _print_reports(reports)
        if not any(report.refused for report in reports):
            click.echo(f"next: {'fintech run' if settings.packs else 'fintech packs list'}")
    return 1 if any(report.refused for report in reports) else 0


def _with_sources(project: Path | None) -> Settings:
    settings = project_settings(project)
    if not settings.sources:
        raise SettingsError(
            f"{settings.root / 'fintech.toml'} maps no source yet",
            fix="add [[sources.transactions]] with files and columns; docs/sources.md says how",
        )
    return settings


def _listed(source: SourceListing) -> tuple[str, str, str, int, str, str]:
    first = source.files[0] if source.files else "none"
    more = f" and {len(source.files) - 1} more" if len(source.files) > 1 else ""
    return (
        f"{source.table}[{source.index}]",
        f"{first}{more}",
        source.kind,
        len(source.mapped),
        ", ".join(f"{name} = {text}" for name, text in source.assumed.items()),
        ", ".join(source.unmapped_required),
    )


def _print_reports(reports: tuple[SourceReport, ...]) -> None:
    print_table(
        None,
        ("source", "file", "rows", "quarantined", "status"),
        [row for report in reports for row in _files(report)],
        right=("rows", "quarantined"),
    )
    broken = [row for report in reports for row in _rules(report)]
    if broken:
        print_table(
            "would be quarantined",
            ("source", "file", "column", "rule", "rows", "for instance"),
            broken,
            right=("rows",),
        )
    for report in reports:
        for unit in report.units:
            for note in unit.notes:
                click.echo(f"note: {note}", err=True)
        for refusal in report.refused:
            _say(refusal.reason, refusal.fix)


def _files(report: SourceReport) -> Iterator[tuple[str, str, int | None, int | None, str]]:
    source = f"{report.table}[{report.index}]"
    for unit in report.units:
        status = "warned" if unit.rows_quarantined else "ok"
        yield source, ", ".join(unit.files), unit.rows_in, unit.rows_quarantined, status
    for refusal in report.refused:
        yield source, refusal.name, None, None, "refused"


def _rules(report: SourceReport) -> Iterator[tuple[str, str, str, str, int, str]]:
    for unit in report.units:
        for rule in unit.rules:
            yield (
                f"{report.table}[{report.index}]",
                ", ".join(unit.files),
                rule.column_name or "(the line)",
                rule.rule,
                rule.rows,
                ", ".join(repr(example) for example in rule.examples),
            )


def _say(reason: str | None, fix: str | None) -> None:
    if reason:
        click.echo(f"refused: {reason}\n    fix: {fix}", err=True)
