"""The quarantine: counted, shown and handed out without harm."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from fintech_accelerator.errors import UnknownNameError, UsageError
from fintech_accelerator.ingest import export_quarantine, quarantine_rows, quarantine_summary
from fintech_accelerator.ledger import open_ledger

if TYPE_CHECKING:
    from conftest import Bank

ROWS = "login_id,event_ts,outcome\nl1,never,success\nl2,2025-01-01,=1+1\nl3,2025-01-01,@SUM(A1)\nl4\n"


@pytest.fixture
def broken(bank: Bank) -> Bank:
    """A bank with four refused rows of log-ins and one of accounts."""
    bank.source("login_activity", "logins.csv").write("logins.csv", ROWS)
    bank.source("customers", "customers.csv").write(
        "customers.csv", "customer_id,party_type\nc1,robot\nc2,\n"
    )
    bank.load()
    return bank


def test_refused_rows_are_counted_by_file_column_and_rule(broken: Bank) -> None:
    found = quarantine_summary(broken.settings.workspace)

    assert [(each.table, each.file_name, each.column_name, each.rule, each.rows) for each in found] == [
        ("customers", "customers.csv", "party_type", "enum", 1),
        ("customers", "customers.csv", "party_type", "required", 1),
        ("login_activity", "logins.csv", None, "columns", 1),
        ("login_activity", "logins.csv", "event_ts", "type", 1),
        ("login_activity", "logins.csv", "outcome", "enum", 2),
    ]


def test_one_table_and_a_limit_can_be_asked_for(broken: Bank) -> None:
    found = quarantine_rows(broken.settings.workspace, "login_activity", 2)

    assert [(each.table, each.row_number) for each in found] == [("login_activity", 1), ("login_activity", 2)]


def test_a_table_without_refused_rows_is_answered_with_those_that_have(broken: Bank) -> None:
    with pytest.raises(UnknownNameError, match="no table with quarantined rows is called 'logins'"):
        quarantine_summary(broken.settings.workspace, "logins")


def test_an_empty_quarantine_is_empty(bank: Bank, tmp_path: Path) -> None:
    assert quarantine_summary(bank.settings.workspace) == ()
    assert export_quarantine(bank.settings.workspace, None, tmp_path / "none.csv") == 0
    assert (tmp_path / "none.csv").read_text().startswith("table_name,unit_id,file_name")


def test_a_csv_export_holds_no_formula(broken: Bank, tmp_path: Path) -> None:
    path = tmp_path / "out" / "refused.csv"

    assert export_quarantine(broken.settings.workspace, "login_activity", path) == 4

    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["value"] for row in rows if row["rule"] == "enum"} == {"'=1+1", "'@SUM(A1)"}
    assert not [cell for row in rows for cell in row.values() if cell.lstrip()[:1] in ("=", "+", "-", "@")]


def test_a_parquet_export_keeps_values_as_they_are(broken: Bank, tmp_path: Path) -> None:
    path = tmp_path / "refused.parquet"

    assert export_quarantine(broken.settings.workspace, None, path) == 6

    values = duckdb.sql(f"select value from '{path}' where rule = 'enum' order by 1").fetchall()
    assert values == [("=1+1",), ("@SUM(A1)",), ("robot",)]


def test_an_export_is_written_to_the_audit_trail(broken: Bank, tmp_path: Path) -> None:
    export_quarantine(broken.settings.workspace, "customers", tmp_path / "refused.csv")

    with open_ledger(broken.settings.workspace.ledger, read_only=True) as ledger:
        event = ledger.audit.events(1)[0]
    assert event.kind == "exported"
    assert event.details["rows"] == 2
    assert event.details["what"] == "quarantine"
    assert event.details["path"] == str(tmp_path / "refused.csv")


def test_another_ending_is_refused(broken: Bank, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"neither \.csv nor \.parquet"):
        export_quarantine(broken.settings.workspace, None, tmp_path / "refused.xlsx")
