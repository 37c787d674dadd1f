"""The end of a run as tables: stages, rows in and out, packs, what went wrong, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fintech_accelerator.cli.render import print_lacking, print_table, seconds, short_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fintech_accelerator.pipeline.report import Failure, PackReport, RunReport

BALANCE = ("table", "files", "rows in", "loaded", "quarantined", "duplicates")
PACKS = ("pack", "outcome", "marts", "rows", "gate", "publication", "newest day")


def print_run(report: RunReport) -> None:
    """Print what a run did on standard output."""
    click.echo()
    print_table(
        "Stages", ("stage", "pack", "outcome", "rows", "time"), _stages(report), right=("rows", "time")
    )
    if report.files:
        click.echo()
        print_table(
            "Rows in = loaded + quarantined + duplicates",
            BALANCE,
            _tables(report),
            right=BALANCE[1:],
        )
    if report.packs:
        click.echo()
        print_table("Packs", PACKS, map(_pack, report.packs), right=("marts", "rows", "publication"))
        print_lacking({pack.pack: pack.capability_flags for pack in report.packs})
    _print_problems(report)
    click.echo()
    click.echo(f"run {report.run_id} on {report.target}: {report.status} in {seconds(report.seconds)}")
    if asked := report.facts.get("warehouse"):
        click.echo(
            f"asked of the warehouse: {asked['statements']} statements of our own in {asked['sessions']}"
            f" sessions, {asked['dbt_statements']} of dbt (query label {asked['query_label']})"
        )
        if dead := asked.get("took_over"):
            ended = len(asked["ended_sessions"])
            click.echo(f"took over from the dead run {dead}: sessions of it that were ended: {ended}")
    if report.report_path is not None:
        click.echo(f"rules: {short_path(report.report_path)}")
    click.echo(f"next:  {report.next_command}")


def _stages(report: RunReport) -> Iterator[tuple[Any, ...]]:
    for stage in report.stages:
        yield stage.stage, stage.pack or "", stage.status, stage.rows, seconds(stage.seconds)


def _tables(report: RunReport) -> Iterator[tuple[Any, ...]]:
    for table in sorted({file.table for file in report.files}):
        files = [file for file in report.files if file.table == table]
        yield (
            table,
            len(files),
            sum(file.rows_in for file in files),
            sum(file.loaded for file in files),
            sum(file.quarantined for file in files),
            sum(file.duplicates for file in files),
        )


def _pack(pack: PackReport) -> tuple[Any, ...]:
    return (
        pack.pack,
        pack.status,
        pack.marts,
        pack.rows,
        pack.gate.status if pack.gate else "",
        pack.publication_id,
        pack.newest or "",
    )


def _print_problems(report: RunReport) -> None:
    for note in report.notes:
        click.echo(f"\nnote: {note}")
    problems: Iterable[Failure] = (
        *report.failures,
        *report.refused,
        *(pack.failure for pack in report.packs if pack.failure is not None),
    )
    for problem in problems:
        click.echo(f"\n{click.style('error:', fg='red', bold=True)} {problem.reason}")
        click.echo(f"{click.style('  fix:', fg='green', bold=True)} {problem.fix}")
