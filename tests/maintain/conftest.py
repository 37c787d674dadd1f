"""A small bank with what retention is about: a customer who left long ago, and old records of logging in."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.pipeline.small_bank import ACCOUNTS, SmallBank, payments, small_bank

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fintech_accelerator.pipeline.maintain import Maintenance

TODAY = date.today()  # noqa: DTZ011  (rows are old against the clock of the machine that tests)
LONG_AGO = TODAY - timedelta(days=6 * 366)
OLD_LOGIN = TODAY - timedelta(days=3 * 366)
NEW_LOGIN = TODAY - timedelta(days=30)
LEFT = "c2"  # the customer of account a2, who left long ago
OF_LEFT = [row for month in (1, 2) for row in payments(month) if ",a2," in row]
COLUMNS = '[sources.customers.columns]\ncustomer_id = "customer"\n'
ENDS = """\
relationship_end_date = "ended"

[[sources.login_activity]]
files = { logins = "landing/logins/*.csv" }
[sources.login_activity.columns]
login_id = "id"
customer_id = "customer"
event_ts = "at"
"""


class AgedBank(SmallBank):
    """What its files say can be changed from run to run."""

    def customers(self, ended: dict[str, date]) -> None:
        """Deliver the customers again, with the day on which each left."""
        rows = [f"c{number},{ended.get(f'c{number}', '')}\n" for number in range(ACCOUNTS)]
        (self.root / "landing" / "customers.csv").write_text("customer,ended\n" + "".join(rows))

    def logins(self, name: str, rows: Iterable[tuple[str, str, date]]) -> Path:
        """Deliver a file of log-ins: identity, customer and day."""
        path = self.root / "landing" / "logins" / name
        path.parent.mkdir(exist_ok=True)
        lines = [f"{login},{customer},{day} 08:00:00\n" for login, customer, day in rows]
        path.write_text("id,customer,at\n" + "".join(lines))
        return path

    def keep(self, text: str) -> None:
        """Say in fintech.toml how long things are kept."""
        with (self.root / "fintech.toml").open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")

    def copied(self, root: Path) -> AgedBank:
        """The whole project in another folder."""
        shutil.copytree(self.root, root)
        return AgedBank(root)


def deleted(found: Maintenance) -> dict[str, int | None]:
    """How many rows of each table go, or went."""
    return {action.what: action.rows for action in found.actions if action.kind == "delete rows"}


def aged_bank(root: Path) -> AgedBank:
    """A project in which nothing has run."""
    made = AgedBank(small_bank(root).root)
    settings = root / "fintech.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace(COLUMNS, COLUMNS + ENDS), encoding="utf-8")
    made.customers({LEFT: LONG_AGO})
    made.logins("old.csv", [("l1", "c0", OLD_LOGIN), ("l2", "c1", OLD_LOGIN), ("l3", "c0", NEW_LOGIN)])
    return made


@pytest.fixture(scope="session")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> AgedBank:
    """A bank after its first run; tests take copies."""
    made = aged_bank(tmp_path_factory.mktemp("aged") / "bank")
    report = made.go()
    assert report.status == "ok", report
    return made


@pytest.fixture
def bank(run_once: AgedBank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AgedBank:
    """A bank that is published, on a machine whose temporary folder is the test's own."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    return run_once.copied(tmp_path / "bank")
