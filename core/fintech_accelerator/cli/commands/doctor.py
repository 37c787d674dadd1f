"""`fintech doctor`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fintech_accelerator.cli.options import target_option
from fintech_accelerator.cli.render import WIDE, json_option, print_json, print_table

if TYPE_CHECKING:
    from fintech_accelerator.pipeline.findings import Finding


@click.command("doctor")
@target_option("The target to check")
@json_option
@click.pass_obj
def doctor(project: Path | None, target: str | None, *, as_json: bool) -> int:
    """Check this machine, the project, its packs, sources and target, and say what to type.

    Exit code 0 when everything that a run needs is there, else 3.
    """
    from fintech_accelerator.pipeline.doctor import examine

    findings = examine(project or Path.cwd(), target=target)
    if as_json:
        print_json(findings)
    else:
        columns = ("check", "status", "found, and what to do")
        print_table(None, columns, [_row(each) for each in findings], widest=WIDE)
    return 3 if any(each.status == "failed" for each in findings) else 0


def _row(finding: Finding) -> tuple[str, str, str]:
    fix = f"\nfix: {finding.fix}" if finding.fix else ""
    return finding.check, finding.status, finding.found + fix
