"""A bank small enough to run in seconds: three accounts, payments in monthly files, the pack `tidy`."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bank import TIDY, Bank

from fintech_accelerator.engines.publications import current, open_publications
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.pipeline.packs import enable_packs
from fintech_accelerator.pipeline.run import run
from fintech_accelerator.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fintech_accelerator.ledger import Run
    from fintech_accelerator.pipeline.report import PackReport, RunReport

PROJECT = """\
[project]
name = "small bank"
pack_folders = ["packs"]

[targets.dev]
engine = "duckdb"
path = ".fintech/warehouse.duckdb"
memory_limit = "1GB"
threads = 1

[[sources.transactions]]
files = { tx = "landing/tx/*" }
[sources.transactions.columns]
transaction_id = "id"
account_id = "account"
event_ts = "at"
amount = "amount"
direction = "direction"
currency = "'USD'"

[[sources.accounts]]
files = { accounts = "landing/accounts.csv" }
[sources.accounts.columns]
account_id = "account"
primary_customer_id = "customer"
product_type = "'checking'"
currency = "'USD'"

[[sources.customers]]
files = { customers = "landing/customers.csv" }
[sources.customers.columns]
customer_id = "customer"
"""
HEADER = "id,account,at,amount,direction\n"
ACCOUNTS = 3
BATCH = "source_batch_id"  # says when rows came in, not what they are


@dataclass
class SmallBank(Bank):
    """The project, and what its readers and its ledger see."""

    @property
    def settings(self) -> Settings:
        return load_settings(self.root)

    @property
    def publications(self) -> Path:
        return self.root / ".fintech" / "publications" / "dev"

    @property
    def warehouse(self) -> Path:
        return self.root / ".fintech" / "warehouse.duckdb"

    def go(self, **options: Any) -> RunReport:
        """One run, in this process."""
        return run(self.settings, **options)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command line in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "fintech_accelerator", "--project", str(self.root), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def add(self, name: str, rows: Iterable[str]) -> Path:
        """Put a file of payments into the landing folder."""
        path = self.root / "landing" / "tx" / name
        path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        return path

    def enable(self, *packs: str) -> None:
        """Enable packs that lie in the project's folder."""
        enable_packs(self.settings, packs)

    def marts(self, *, with_batch: bool = False) -> dict[str, list[tuple[Any, ...]]]:
        """Every published mart, row by row, as readers see it."""
        found = {}
        with open_publications(self.publications, include_restricted=True) as connection:
            names = connection.execute(
                "select table_schema, table_name from information_schema.tables"
                " where table_name not like '%\\_\\_publication' escape '\\' order by all"
            ).fetchall()
            for schema, name in names:
                kept = "*" if with_batch else f"columns(lambda c: c <> '{BATCH}')"
                rows = connection.execute(f'select {kept} from "{schema}"."{name}" order by all').fetchall()
                found[name] = rows
        return found

    def serving(self) -> dict[str, int]:
        """The number of the publication that readers of each pack are sent to."""
        return {pack: numbers[-1] for pack, numbers in current(self.publications).items()}

    def balances(self) -> Counter[tuple[str, ...]]:
        """What came of each file: rows in, loaded, quarantined, duplicates."""
        return Counter((*names, str(tuple(figures))) for names, *figures in self.units())

    def units(self) -> list[tuple[Any, ...]]:
        """Each unit that the ledger knows: its files' names, rows in, loaded, quarantined, duplicates."""
        with open_ledger(self.settings.workspace.ledger, read_only=True) as ledger:
            rows = ledger._database.rows(
                "select file_names, rows_in, rows_loaded, rows_quarantined, rows_duplicate from loaded_units"
                " order by loaded_at, batch_id, load_order, unit_id"
            )
        return [(tuple(json.loads(names)), *figures) for names, *figures in rows]

    def runs(self) -> list[Run]:
        """The ledger's runs, oldest first; the audit trail is verified on the way."""
        with open_ledger(self.settings.workspace.ledger, read_only=True) as ledger:
            assert ledger.audit.verify().is_intact
            return list(reversed(ledger.runs.recent(50)))

    def copy(self, root: Path) -> SmallBank:
        """The whole project, with all that it has built, in another folder."""
        shutil.copytree(self.root, root)
        return SmallBank(root)


def payments(month: int, *, days: int = 28, a_day: int = 4) -> list[str]:
    """The payments of a month of 2026; every tenth is large, every third is a credit."""
    rows = []
    for number in range(days * a_day):
        day, hour = number // a_day + 1, 8 + number % a_day
        amount = 2500 + number if number % 10 == 0 else 10 + number / 4
        direction = "C" if number % 3 == 0 else "D"
        rows.append(
            f"t{month:02d}{number:04d},a{number % ACCOUNTS},2026-{month:02d}-{day:02d} {hour:02d}:15:00,"
            f"{amount:.2f},{direction}"
        )
    return rows


def small_bank(root: Path, *, months: Iterable[int] = (1, 2), packs: Iterable[str] = ("tidy",)) -> SmallBank:
    """A project with these months' payments and these packs enabled; nothing has run."""
    (root / "landing" / "tx").mkdir(parents=True)
    (root / "fintech.toml").write_text(PROJECT, encoding="utf-8")
    customers = "".join(f"c{number}\n" for number in range(ACCOUNTS))
    (root / "landing" / "customers.csv").write_text(f"customer\n{customers}", encoding="utf-8")
    accounts = "".join(f"a{number},c{number}\n" for number in range(ACCOUNTS))
    (root / "landing" / "accounts.csv").write_text(f"account,customer\n{accounts}", encoding="utf-8")
    shutil.copytree(TIDY, root / "packs" / "tidy")
    bank = SmallBank(root)
    for month in months:
        bank.add(f"2026-{month:02d}.csv", payments(month))
    if packs:
        bank.enable(*packs)
    return bank


@functools.cache
def _home() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="fintech-small-bank-")


@functools.cache
def _fresh() -> SmallBank:
    return small_bank(Path(_home().name) / "fresh")


@functools.cache
def _published() -> SmallBank:
    bank = _fresh().copy(Path(_home().name) / "published")
    report = bank.go()
    assert report.status == "ok", report
    return bank


def fresh_bank(root: Path) -> SmallBank:
    """A bank in which nothing has run; made once in a session, copied for each test."""
    return _fresh().copy(root)


def published_bank(root: Path) -> SmallBank:
    """A bank whose first run is done: made once in a session, copied for each test."""
    return _published().copy(root)


def pack_of(report: RunReport, name: str = "tidy") -> PackReport:
    """How a pack came out of a run."""
    (found,) = (pack for pack in report.packs if pack.pack == name)
    return found
