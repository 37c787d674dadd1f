"""`fintech results`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fintech_accelerator.cli.complete import installed_pack
from fintech_accelerator.cli.context import project_settings
from fintech_accelerator.cli.render import json_option, print_json, print_table
from fintech_accelerator.plurals import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fintech_accelerator.ledger import PackResults
    from fintech_accelerator.settings import Settings

COLUMNS = ("rule", "relation", "severity", "outcome", "observed")


@click.command("results")
@click.option("--pack", metavar="PACK", help="Only this pack.", shell_complete=installed_pack)
@click.option("--failed", is_flag=True, help="Only rules that failed or could not be evaluated.")
@click.option("--run", "run_id", metavar="RUN", help="The results of this run. Default: each pack's newest.")
@json_option
@click.pass_obj
def results(
    project: Path | None, *, pack: str | None, failed: bool, run_id: str | None, as_json: bool
) -> None:
    """Show what the quality rules found, by pack: the gate, each rule, and where its failing rows lie."""
    settings = project_settings(project)
    found = _found(settings, pack=pack, failed=failed, run_id=run_id)
    if as_json:
        print_json([_plain(settings, each) for each in found])
        return
    for each in found:
        _print(settings, each, failed=failed)
    if not found:
        click.echo(
            "no rule failed"
            if failed and _found(settings, pack=pack, failed=False, run_id=run_id)
            else "nothing was checked yet: `fintech run` checks what it builds"
        )


def _found(
    settings: Settings, *, pack: str | None, failed: bool, run_id: str | None
) -> tuple[PackResults, ...]:
    from fintech_accelerator.errors import unknown_name
    from fintech_accelerator.ledger import open_ledger

    with open_ledger(settings.workspace.ledger, read_only=True) as ledger:
        kept = ledger.results
        found = kept.latest(pack) if run_id is None else kept.of_run(run_id, pack)
    if pack is not None and not found and pack not in settings.packs:
        raise unknown_name("enabled pack", pack, settings.packs)
    return tuple(filter(None, (each.failures() for each in found))) if failed else found


def _print(settings: Settings, found: PackResults, *, failed: bool) -> None:
    gate = found.gate
    rules = [(suite, rule) for suite in found.suites for rule in suite["expectations"]]
    rows = [_row(found.pack, suite, rule) for suite, rule in rules]
    rules_shown = f"{counted(len(rows), 'rule')}{' failed' if failed else ''}"
    title = f"{found.pack}: gate {gate['status']}, {rules_shown}, run {found.run_id}"
    print_table(title, COLUMNS, rows)
    for reason in gate.get("reasons", ()):
        click.echo(f"  {reason}")
    for folder in sorted(
        {str(Path(at).parent) for each in rules if (at := _rows_at(settings, found, *each))}
    ):
        click.echo(f"  failing rows, a file for each rule: {folder}")
    click.echo()


def _row(pack: str, suite: Mapping[str, Any], rule: Mapping[str, Any]) -> Sequence[Any]:
    relation = str(suite["relation"]).removeprefix(f"{pack}.")  # a pack's relations bear its name themselves
    return rule["rule_id"], relation, rule["severity"], outcome(rule), rule["message"] or rule["observed"]


def outcome(rule: Mapping[str, Any]) -> str:
    """How a rule came out, in a word or two."""
    if rule["raised"]:
        return "not evaluated"
    return "passed" if rule["success"] else "failed"


def _rows_at(
    settings: Settings, found: PackResults, suite: Mapping[str, Any], rule: Mapping[str, Any]
) -> str | None:
    """Where a rule's failing rows lie, seen from the project's folder; None when they were removed."""
    if not rule.get("failing_rows_path"):
        return None
    owner = "core" if suite["relation"].startswith("core.") else found.pack
    path = settings.workspace.reports / found.run_id / owner / rule["failing_rows_path"]
    return str(path.relative_to(settings.root)) if path.is_file() else None


def _plain(settings: Settings, found: PackResults) -> dict[str, Any]:
    suites = [
        {
            **suite,
            "expectations": [
                {**rule, "failing_rows_path": _rows_at(settings, found, suite, rule)}
                for rule in suite["expectations"]
            ],
        }
        for suite in found.suites
    ]
    facts = {"run_id": found.run_id, "pack": found.pack, "recorded_at": found.recorded_at}
    return {**facts, "gate": dict(found.gate), "suites": suites}
