"""Rows that pass the contract and that COPY refuses: quarantined, the rest loaded, every file balanced."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from tests.pipeline.small_bank import SmallBank, pack_of, payments

from fintech_accelerator.engines.redshift.refusals import is_about_rows
from fintech_accelerator.errors import EnvironmentFailure
from fintech_accelerator.ingest import quarantine_rows

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin import Database, RedshiftStandin


def ask(database: Database, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements; the rows of the last one."""
    with closing(database.connect()) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []


def test_a_refused_row_is_quarantined_and_the_rest_is_loaded(
    bank: SmallBank, redshift_database: Database, redshift_standin: RedshiftStandin
) -> None:
    bank.go(target="wide")
    (before,) = ask(redshift_database, "select count(*) from raw_data.transactions")
    # as a table is that an older version made: narrower than the contract
    ask(redshift_database, "alter table raw_data.transactions alter column transaction_id type varchar(12)")
    lines = payments(3, days=2)
    lines.insert(1, "a-name-that-is-too-long,a1,2026-03-01 10:00:00,5.00,D")
    lines.append('"two\nlines,too long",a2,2026-03-02 10:00:00,6.00,D')
    bank.add("2026-03.csv", lines)

    report = bank.go(target="wide")

    (file,) = [each for each in report.files if each.table == "transactions"]
    assert (file.rows_in, file.loaded, file.quarantined) == (len(lines), len(lines) - 2, 2)
    assert report.status == "warned"
    assert any("Redshift refused 2 rows" in note and "transaction_id" in note for note in report.notes)
    assert pack_of(report).status == "published"
    (after,) = ask(redshift_database, "select count(*) from raw_data.transactions")
    assert after[0] - before[0] == len(lines) - 2
    refused = quarantine_rows(bank.settings.workspace, "transactions")
    assert [(each.row_number, each.column_name, each.rule, each.value) for each in refused] == [
        (2, "transaction_id", "copy_refused", "a-name-that-is-too-long"),
        (len(lines), "transaction_id", "copy_refused", "two\nlines,too long"),
    ]
    assert refused[0].file_name.endswith("2026-03.csv")
    assert '"amount":"5.00"' in (refused[0].row or "").replace(" ", "")
    (unit,) = (figures for names, *figures in bank.units() if names[0].endswith("2026-03.csv"))
    assert unit == [len(lines), len(lines) - 2, 2, 0]
    left = [path for path in redshift_standin.buckets.rglob("*") if path.is_file()]
    assert [path for path in left if "raw" in path.parts] == []

    assert pack_of(bank.go(target="wide")).status == "unchanged"


@pytest.mark.long
def test_a_file_of_refused_rows_only_loads_nothing_and_is_not_tried_again(
    bank: SmallBank, redshift_database: Database
) -> None:
    bank.go(target="wide")
    ask(redshift_database, "alter table raw_data.transactions alter column transaction_id type varchar(12)")
    bank.add("2026-03.csv", ["a-name-that-is-too-long,a1,2026-03-01 10:00:00,5.00,D"])

    report = bank.go(target="wide")
    again = bank.go(target="wide")

    (file,) = [each for each in report.files if each.table == "transactions"]
    assert (file.rows_in, file.loaded, file.quarantined) == (1, 0, 1)
    assert not again.files
    assert len(quarantine_rows(bank.settings.workspace, "transactions")) == 1


@pytest.mark.parametrize(
    ("said", "is_of_rows"),
    [
        ("Load into table 'transactions' failed.  Check 'stl_load_errors' system table for details.", True),
        ("Load into table 'transactions' failed. Check 'sys_load_error_detail' for details.", True),
        ("Spectrum Scan Error: File has an incompatible Parquet schema for column amount", True),
        ("S3ServiceException:Access Denied,Status 403,Error AccessDenied", False),
        ("The specified S3 prefix 's3://bank/a' does not exist", False),
        ("permission denied for relation transactions", False),
    ],
)
def test_only_a_copy_that_failed_for_its_rows_is_looked_into(said: str, *, is_of_rows: bool) -> None:
    assert is_about_rows(EnvironmentFailure(said, fix="see the reason")) is is_of_rows
