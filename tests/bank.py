"""A small bank's project with a good pack in it, the command line on it, and copies of the pack."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.cli.main import main
from fintech_accelerator.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterable

TIDY = Path(__file__).parent / "fixtures" / "packs" / "tidy"
PROJECT = """\
# the bank's own words
[project]
name = "bank" # and here
pack_folders = ["packs"]

[[sources.transactions]]
files = { tx = "tx.csv" }
[sources.transactions.columns]
transaction_id = "id"
account_id = "account"
event_ts = "at"
amount = "amount"
direction = "'D'"
currency = "'USD'"
"""


@dataclass
class Bank:
    """A project's folder, and what the command line said last."""

    root: Path
    output: str = ""
    error: str = ""

    def run(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> int:
        """Run the command line in this process; returns its exit code."""
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["--project", str(self.root), *arguments])
        captured = capsys.readouterr()
        self.output, self.error = captured.out, captured.err
        return int(ended.value.code or 0)

    def state(self) -> dict[str, bytes]:
        """Every file of the project that a person or a run relies on, and the length of the audit trail."""
        with open_ledger(self.root / ".fintech" / "ledger.sqlite", read_only=True) as ledger:
            events = len(ledger.audit.events())
        kept: Iterable[Path] = [self.root / "fintech.toml", self.root / "fintech.lock"]
        generated = (self.root / ".fintech" / "dbt" / "packages").rglob("*")
        files = {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in (*kept, *sorted(generated))
            if path.is_file()
        }
        return {**files, "audit events": str(events).encode()}


def make_bank(root: Path) -> Bank:
    """A project with a transactions file and the pack `tidy` in its folder `packs`."""
    root.mkdir(parents=True)
    (root / "fintech.toml").write_text(PROJECT, encoding="utf-8")
    (root / "tx.csv").write_text("id,account,at,amount\nt1,a1,2026-01-05 10:00:00,12.50\n", encoding="utf-8")
    shutil.copytree(TIDY, root / "packs" / "tidy")
    return Bank(root)


def copy_pack(root: Path, name: str) -> Path:
    """A copy of `tidy` under another name, in the project's folder `packs`."""
    folder = root / "packs" / name
    for path in sorted(TIDY.rglob("*")):
        if path.is_file():
            target = folder / str(path.relative_to(TIDY)).replace("tidy", name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text(encoding="utf-8").replace("tidy", name), encoding="utf-8")
    return folder
