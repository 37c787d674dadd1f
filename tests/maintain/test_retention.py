"""Rows past their retention go, balances stay true, and nothing that went comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.maintain.conftest import (
    LEFT,
    LONG_AGO,
    NEW_LOGIN,
    OF_LEFT,
    OLD_LOGIN,
    TODAY,
    AgedBank,
    aged_bank,
    deleted,
)
from tests.pipeline.small_bank import pack_of, payments

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.errors import SettingsError
from fintech_accelerator.governance.retention_rows import retired_by_unit
from fintech_accelerator.ingest import loaded_units
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.pipeline.maintain import maintain

if TYPE_CHECKING:
    from pathlib import Path


def in_raw(bank: AgedBank, table: str, column: str) -> set[str]:
    with open_warehouse(bank.warehouse, read_only=True) as connection:
        rows = connection.execute(f"select {column} from raw_data.{table}").fetchall()
    return {str(value) for (value,) in rows}


def assert_balanced(bank: AgedBank) -> None:
    """Rows in = loaded + quarantined + duplicates; and of the loaded, what is kept and what was deleted."""
    with open_warehouse(bank.warehouse, read_only=True) as connection:
        gone = retired_by_unit(connection)
        for unit in loaded_units(connection):
            accounted = unit.rows_loaded + unit.rows_quarantined + unit.rows_duplicate
            assert unit.rows_in == accounted
            kept = connection.execute(
                f"select count(*) from raw_data.{unit.table_name} where _file_id = ?", [unit.unit_id]
            ).fetchall()[0][0]
            assert unit.rows_loaded == kept + gone.get(unit.unit_id, 0), unit.file_names


def test_the_plan_counts_what_goes_and_changes_nothing(bank: AgedBank) -> None:
    before = in_raw(bank, "transactions", "transaction_id")

    found = maintain(bank.settings)

    assert deleted(found) == {
        "raw_data.accounts": 1,
        "raw_data.transactions": len(OF_LEFT),
        "raw_data.customers": 1,
        "raw_data.login_activity": 2,
    }
    assert in_raw(bank, "transactions", "transaction_id") == before
    assert deleted(maintain(bank.settings)) == deleted(found)


def test_marts_are_those_of_a_bank_that_never_had_the_rows(bank: AgedBank, tmp_path: Path) -> None:
    planned = deleted(maintain(bank.settings))
    applied = maintain(bank.settings, is_applied=True)

    assert deleted(applied) == planned
    assert any("fintech run" in note for note in applied.notes)
    assert_balanced(bank)
    assert in_raw(bank, "login_activity", "login_id") == {"l3"}
    assert maintain(bank.settings, is_applied=True).actions == ()
    with open_ledger(bank.settings.workspace.ledger, read_only=True) as ledger:
        told = [event.details for event in ledger.audit.events() if event.kind == "maintained"]
        assert ledger.audit.verify().is_intact
    assert {(each["what"], each["rows"]) for each in told} >= set(planned.items())

    assert pack_of(bank.go()).status == "published"
    other = aged_bank(tmp_path / "other")
    for month in (1, 2):
        other.add(f"2026-{month:02d}.csv", [row for row in payments(month) if ",a2," not in row])
    (other.root / "landing" / "accounts.csv").write_text("account,customer\na0,c0\na1,c1\n")
    other.customers({})
    other.go()
    assert bank.marts() == other.marts() != {}

    # what was published before has the deleted rows: once no page of it is loaded any more, it goes
    assert maintain(bank.settings).actions == ()
    later = datetime.now(UTC) + timedelta(minutes=16)
    removed = maintain(bank.settings, is_applied=True, now=later).actions
    assert [(each.kind, each.what) for each in removed] == [("remove publication", "dev/tidy/1")]
    assert [path.name for path in bank.publications.glob("tidy/*")] == ["2"]
    assert maintain(bank.settings, is_applied=True, now=later).actions == ()
    assert bank.serving() == {"tidy": 2}


def test_what_went_does_not_come_back_by_any_file(bank: AgedBank) -> None:
    maintain(bank.settings, is_applied=True)
    kept = in_raw(bank, "transactions", "transaction_id")

    bank.add("2026-03-again.csv", [*OF_LEFT, "new1,a0,2026-03-01 09:00:00,5.00,D"])
    bank.customers({LEFT: LONG_AGO, "c1": TODAY})
    bank.logins("old-again.csv", [("l1", "c0", OLD_LOGIN), ("l4", "c1", NEW_LOGIN)])
    report = bank.go()

    assert in_raw(bank, "transactions", "transaction_id") == kept | {"new1"}
    assert in_raw(bank, "customers", "customer_id") == {"c0", "c1"}
    assert in_raw(bank, "login_activity", "login_id") == {"l3", "l4"}
    assert f"transactions: {len(OF_LEFT)} rows that retention" in " ".join(report.notes)
    assert_balanced(bank)
    assert deleted(maintain(bank.settings)) == {}

    bank.customers({})  # the customer is back
    bank.add("2026-04-back.csv", ["back1,a2,2026-04-01 09:00:00,5.00,D"])
    accounts = bank.root / "landing" / "accounts.csv"
    accounts.write_text(accounts.read_text() + "\n")
    bank.go()
    assert "back1" in in_raw(bank, "transactions", "transaction_id")
    assert LEFT in in_raw(bank, "customers", "customer_id")


def test_a_legal_hold_keeps_all_rows_of_a_customer(bank: AgedBank) -> None:
    (bank.root / "holds.csv").write_text(f"customer_id,reason\n{LEFT},case 7\nc0,case 8\n")
    bank.keep('[retention]\nlegal_holds = "holds.csv"')

    found = maintain(bank.settings, is_applied=True)

    assert deleted(found) == {"raw_data.login_activity": 1}
    assert in_raw(bank, "login_activity", "login_id") == {"l1", "l3"}
    assert LEFT in in_raw(bank, "customers", "customer_id")
    assert any("legal holds" in note for note in found.notes)


def test_an_account_with_a_holder_who_stayed_is_kept(bank: AgedBank) -> None:
    with open_warehouse(bank.warehouse) as connection:
        connection.execute(
            "insert into raw_data.account_holders (account_id, customer_id) values ('a2', 'c2'), ('a2', 'c0')"
        )

    assert deleted(maintain(bank.settings)) == {"raw_data.customers": 1, "raw_data.login_activity": 2}


@pytest.mark.parametrize(
    ("text", "reason", "fix"),
    [
        ("login_activity = 9", "allowed are 0.5 to 7", "keep"),
        ("login_activty = 1", "nothing of that name", "'login_activity'"),
        ('login_activity = "for ever"', "retention.years", "correct"),
    ],
)
def test_retention_that_is_not_allowed_is_refused(bank: AgedBank, text: str, reason: str, fix: str) -> None:
    bank.keep(f"[retention.years]\n{text}")

    with pytest.raises(SettingsError, match=reason) as caught:
        maintain(bank.settings)
    assert fix in caught.value.fix


def test_a_hold_that_cannot_be_read_stops_maintenance(bank: AgedBank) -> None:
    bank.keep('[retention]\nlegal_holds = "missing.csv"')

    with pytest.raises(SettingsError, match="legal holds cannot be read"):
        maintain(bank.settings, is_applied=True)


def test_what_the_bank_keeps_stays(bank: AgedBank) -> None:
    bank.keep('[retention.years]\nlogin_activity = "keep"\nrelationship = "keep"')

    assert maintain(bank.settings).actions == ()
