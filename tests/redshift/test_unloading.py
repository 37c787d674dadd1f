"""`fintech export` on Redshift: the warehouse writes the serving view into a bucket, with a manifest."""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import pytest
from tests.redshift.wide_bank import let_in, target_entry

from fintech_accelerator.engines.publications import MartRecord, PublishedColumn, write_receipt
from fintech_accelerator.errors import EnvironmentFailure, UsageError
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.pipeline.export import export_mart
from fintech_accelerator.settings import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.testing.standin import Database, RedshiftStandin

KEY = "arn:aws:kms:eu-central-1:123456789012:key/bank"
CLASSES = {"payment_id": "P1", "amount": "P1", "note": "P2"}


@pytest.fixture
def bank(
    redshift_standin: RedshiftStandin,
    redshift_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Settings:
    """A project that serves one mart from the stand-in."""
    let_in(redshift_database, monkeypatch)
    target = target_entry(redshift_database, redshift_standin.buckets)
    text = f'[project]\nname = "bank"\n{target}kms_key = "{KEY}"\n'
    (tmp_path / "fintech.toml").write_text(text, encoding="utf-8")
    settings = load_settings(tmp_path)
    with closing(redshift_database.connect()) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("create schema fraud")
        cursor.execute(
            "create table fraud.fraud__payments"
            " (payment_id varchar(8), amount decimal(18, 2), note varchar(64))"
        )
        cursor.execute("insert into fraud.fraud__payments values ('p1', -1.50, ' =1'), ('p2', null, null)")
    types = {"amount": "decimal(18,2)"}
    columns = tuple(
        PublishedColumn(name, types.get(name, "varchar(64)"), pii, "") for name, pii in CLASSES.items()
    )
    record = MartRecord(
        "fraud__payments",
        restricted=False,
        grain="",
        time_column=None,
        newest=None,
        rows=2,
        bytes=0,
        columns=columns,
        files=(),
    )
    folder = settings.workspace.publications / "wide"
    now = datetime(2026, 11, 1, tzinfo=UTC)
    write_receipt(folder, "fraud", 7, [record], {}, engine="redshift", now=now)
    return settings


def test_a_mart_is_unloaded_with_its_manifest_and_key(
    bank: Settings, redshift_database: Database, redshift_standin: RedshiftStandin
) -> None:
    bucket = redshift_database.bucket("exports")

    done = export_mart(bank, "fraud__payments", "s3://exports/out/")

    place = bucket / "out" / "fraud__payments" / "publication-7"
    files = sorted(path for path in place.iterdir() if path.suffix == ".parquet")
    read = duckdb.sql(f"select * from read_parquet({[str(path) for path in files]}) order by 1")
    assert read.columns == ["payment_id", "amount"]
    assert read.fetchall() == [("p1", Decimal("-1.50")), ("p2", None)]
    entries = json.loads((place / "manifest").read_text(encoding="utf-8"))["entries"]
    assert [entry["url"].rpartition("/")[2] for entry in entries] == [path.name for path in files]
    assert (done.to, done.left_out) == ("s3://exports/out/fraud__payments/publication-7", ("note",))
    with open_ledger(bank.workspace.ledger, read_only=True) as ledger:
        (event,) = [each for each in ledger.audit.events() if each.kind == "exported"]
    assert (event.details["target"], event.details["publication_id"]) == ("wide", 7)
    sent = [entry.sql for entry in redshift_standin.log.of() if entry.sql.startswith("unload")]
    assert f"kms_key_id '{KEY}' encrypted" in sent[-1]


def test_an_export_is_not_written_over_and_its_csv_holds_no_formula(
    bank: Settings, redshift_database: Database
) -> None:
    bucket = redshift_database.bucket("exports-twice")
    export_mart(bank, "fraud__payments", "s3://exports-twice", form="csv", include_personal=True)

    (file,) = bucket.rglob("*gz")
    assert gzip.decompress(file.read_bytes()).decode().splitlines()[1:] == ["p1,-1.50,' =1", "p2,,"]

    with pytest.raises(EnvironmentFailure, match="not empty"):
        export_mart(bank, "fraud__payments", "s3://exports-twice")


def test_redshift_does_not_write_into_folders(bank: Settings, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Redshift writes into buckets"):
        export_mart(bank, "fraud__payments", str(tmp_path / "out"))
