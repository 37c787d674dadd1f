"""The `fintech` command: builds the group; the one place that turns a FintechError into words and a code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fintech_accelerator.cli.lazy import LazyGroup
from fintech_accelerator.errors import FintechError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = "fintech_accelerator.cli.commands"
COMMANDS = {
    "init": (f"{HERE}.init:init", "Make a project here: fintech.toml and what belongs beside it."),
    "demo": (f"{HERE}.demo:demo", "Run everything on a made-up bank, in a folder of its own."),
    "sample": (f"{HERE}.sample:sample", "Generate the files of a made-up bank."),
    "doctor": (f"{HERE}.doctor:doctor", "Check this machine, the project and its targets; say what to type."),
    "packs": (f"{HERE}.packs:packs", "List, show, enable, disable and upgrade packs."),
    "params": (f"{HERE}.params:params", "List thresholds and change them, dated and approved."),
    "sources": (f"{HERE}.sources:sources", "List the mapped sources and try them without loading."),
    "run": (f"{HERE}.run:run", "Land, load, build, check and publish."),
    "status": (f"{HERE}.status:status", "What is published, how fresh, and how the last run ended."),
    "results": (f"{HERE}.results:results", "The results of the quality rules."),
    "quarantine": (f"{HERE}.quarantine:quarantine", "Rows that were refused, and why."),
    "publish": (f"{HERE}.publish:publish", "Make a pack's checked marts visible."),
    "export": (f"{HERE}.export:export", "Write a published mart to a folder or a bucket."),
    "rollback": (f"{HERE}.rollback:rollback", "Return a pack to an earlier publication."),
    "models": (f"{HERE}.models:models", "Train, validate and promote the packs' statistical models."),
    "audit": (f"{HERE}.audit:audit", "Read and verify the audit trail."),
    "maintain": (f"{HERE}.maintain:maintain", "Plan or do maintenance: retention, vacuum, leftovers."),
    "warehouse": (f"{HERE}.warehouse:warehouse", "Plan and apply who may read what in Redshift."),
    "sql": (f"{HERE}.sql:sql", "Find SQL that does not run alike on every engine."),
    "testing": (f"{HERE}.testing:testing", "A stand-in for Amazon Redshift, to test against."),
    "docs": (f"{HERE}.docs:docs", "Documentation of the composition, with the inventory of personal data."),
}
EPILOG = (
    "Exit codes: 0 done, 1 a gate or a run failed, 2 wrong use or configuration, "
    "3 environment (disk, network, credentials, another run). "
    'Shell completion: eval "$(_FINTECH_COMPLETE=bash_source fintech)" (or zsh_source, fish_source).'
)


def _plugin_commands() -> Iterable[click.Command]:
    from fintech_accelerator.plugins import installed

    return installed().commands()


@click.group(
    cls=LazyGroup,
    commands_at=COMMANDS,
    more_commands=_plugin_commands,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--project",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="FINTECH_PROJECT",
    help="The project's folder. Default: the nearest one with a fintech.toml, from here upwards.",
)
@click.version_option(package_name="fintech-accelerator", prog_name="fintech")
@click.pass_context
def cli(context: click.Context, project: Path | None) -> None:
    """Governed analytics for banks: packs of models and quality gates, checked and published as one.

    Start with `fintech demo`, or with `fintech init` beside your own files.
    """
    context.obj = project


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = _invoke(given)
    except FintechError as failure:
        _say(failure, as_json="--json" in given)
        code = failure.exit_code
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)


def _invoke(arguments: list[str]) -> int:
    try:
        result: Any = cli.main(args=arguments, prog_name="fintech", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("\ninterrupted; what was finished is kept, and the next run continues", err=True)
        return 130
    except click.exceptions.NoArgsIsHelpError as unfinished:  # a group alone prints its help
        unfinished.show()
        return unfinished.exit_code
    except click.UsageError as wrong:
        path = wrong.ctx.command_path if wrong.ctx else "fintech"
        raise UsageError(wrong.format_message().rstrip("."), fix=f"see `{path} --help`") from None
    except click.ClickException as wrong:
        raise UsageError(wrong.format_message(), fix="see `fintech --help`") from None
    except click.exceptions.Exit as done:
        return done.exit_code
    return result if isinstance(result, int) else 0


def _say(failure: FintechError, *, as_json: bool) -> None:
    if as_json:
        import json

        click.echo(json.dumps({"error": failure.reason, "fix": failure.fix, "exit_code": failure.exit_code}))
        return
    is_colour = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    click.echo(f"{click.style('error:', fg='red', bold=True)} {failure.reason}", err=True, color=is_colour)
    click.echo(f"{click.style('  fix:', fg='green', bold=True)} {failure.fix}", err=True, color=is_colour)
