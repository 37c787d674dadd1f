"""Run by test_full_disk in a namespace of its own: the project's state lies on a disk that fills up."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

from tests.pipeline.small_bank import SmallBank

from fintech_accelerator.cli import main as command_line
from fintech_accelerator.errors import FintechError
from fintech_accelerator.events import Event, StageStarted


class Filler:
    """Fills the disk to the last byte when a stage begins."""

    def __init__(self, folder: Path, stage: str) -> None:
        self.ballast = folder / "ballast"
        self.stage = stage

    def __call__(self, event: Event) -> None:
        if isinstance(event, StageStarted) and event.stage == self.stage:
            self.fill()

    def fill(self) -> None:
        with suppress(OSError), self.ballast.open("ab", buffering=0) as file:
            while True:
                written = file.write(bytes(1 << 12))
                if not written:
                    break

    def empty(self) -> None:
        self.ballast.unlink()


def scenario(bank: SmallBank, stage: str) -> dict[str, Any]:
    """A run whose disk fills in a stage, what readers see then, and the run after space was made."""
    state = bank.root / ".fintech"
    filler = Filler(state, stage)
    before = bank.marts()
    found: dict[str, Any] = {"stage": stage}
    try:
        report = bank.go(on_event=filler)
    except FintechError as failure:
        found |= {"exit_code": failure.exit_code, "reasons": [failure.reason], "fixes": [failure.fix]}
    else:
        failures = [*report.failures, *(pack.failure for pack in report.packs if pack.failure)]
        found |= {
            "exit_code": report.exit_code,
            "reasons": [failure.reason for failure in failures],
            "fixes": [failure.fix for failure in failures],
        }
    found["served as before"] = bank.marts() == before
    found["status"] = status_of(bank)
    filler.empty()
    report = bank.go()
    found["after"] = [report.status, *(pack.status for pack in report.packs)]
    found["marts"] = {mart: [list(map(str, row)) for row in rows] for mart, rows in bank.marts().items()}
    found["balances"] = sorted(" ".join(key) for key in bank.balances().elements())
    found["runs"] = [run.status for run in bank.runs()]
    return found


def status_of(bank: SmallBank) -> int:
    """The code of `fintech status` on the full disk."""
    with redirect_stdout(io.StringIO()):
        try:
            command_line.main(["--project", str(bank.root), "status"])
        except SystemExit as ended:
            return int(ended.code or 0)
    return -1


if __name__ == "__main__":
    sys.stdout.write(json.dumps(scenario(SmallBank(Path(sys.argv[1])), sys.argv[2])))
