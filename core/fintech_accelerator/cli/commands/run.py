"""`fintech run`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from fintech_accelerator.cli.complete import enabled_packs
from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.options import target_option
from fintech_accelerator.cli.progress import watching
from fintech_accelerator.cli.render import json_option, print_json
from fintech_accelerator.cli.run_view import print_run

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.settings import Settings


@click.command("run")
@target_option("The target to run on")
@click.option(
    "--packs",
    metavar="NAMES",
    shell_complete=enabled_packs,
    help="Only these enabled packs, with commas between them.",
)
@click.option(
    "--full-refresh", is_flag=True, help="Build everything from nothing, out of the rows that are loaded."
)
@click.option(
    "--no-publish", is_flag=True, help="Stop after the checks; `fintech publish` goes on from there."
)
@json_option
@click.pass_obj
def run(
    project: Path | None,
    target: str | None,
    packs: str | None,
    *,
    full_refresh: bool,
    no_publish: bool,
    as_json: bool,
) -> int:
    """Land, load, build, check and publish: files in, checked and published marts out.

    Only what is new is loaded, and only the days that it touches are built again. A pack whose critical rules
    do not hold keeps serving its last publication; the others go on.
    """

    settings = project_settings(project)
    chosen = None if packs is None else [name.strip() for name in packs.split(",") if name.strip()]
    return run_project(
        settings,
        as_json=as_json,
        target=target,
        packs=chosen,
        full_refresh=full_refresh,
        publishes=not no_publish,
    )


def run_project(settings: Settings, *, as_json: bool = False, **options: Any) -> int:
    """Run with a progress view on standard error and the report on standard output; returns the exit code."""
    from fintech_accelerator.pipeline.run import run as run_pipeline
    from fintech_accelerator.plugins import telling

    with watching(is_quiet=as_json) as sink:
        report = run_pipeline(settings, on_event=telling(sink), **options)
    if as_json:
        print_json(
            {
                **{name: getattr(report, name) for name in report.__dataclass_fields__},
                "status": report.status,
                "exit_code": report.exit_code,
                "next_command": report.next_command,
            }
        )
    else:
        print_run(report)
    return report.exit_code
