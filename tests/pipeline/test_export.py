"""`fintech export`: a published mart in a folder or a bucket; personal columns on demand; always audited."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from tests.connectors.aws_server import aws, aws_address

from fintech_accelerator.engines.publications import MartToPublish, PublishedColumn, publish
from fintech_accelerator.errors import EnvironmentFailure, UnknownNameError, UsageError
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.pipeline.export import export_mart
from fintech_accelerator.settings import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.connectors.aws_server import Aws

__all__ = ["aws", "aws_address"]

CLASSES = {"customer_id": "P1", "email": "P3", "day": "P0", "amount": "P1", "memo": "P1"}
ROWS = (
    "select 'c' || n as customer_id, 'c@x' || n as email,"
    " date '2026-01-31' + n::integer as day, n * -1.5 as amount, case when n > 0 then ' =1+' || n end as memo"
)


@pytest.fixture
def bank(tmp_path: Path) -> Settings:
    """A project whose pack `fraud` has published two marts, one of them restricted."""
    root = tmp_path / "bank"
    root.mkdir()
    (root / "fintech.toml").write_text('[project]\nname = "bank"\n[targets.dev]\nengine = "duckdb"\n')
    settings = load_settings(root)
    with duckdb.connect() as connection:
        for schema, name in (("fraud", "fraud__payers"), ("fraud_restricted", "fraud__suspects")):
            connection.execute(f"create schema {schema}")
            connection.execute(f"create table {schema}.{name} as {ROWS} from range(5) as numbers(n)")
        publish(
            connection,
            settings.workspace.publications / "dev",
            "fraud",
            [_mart("fraud", "fraud__payers"), _mart("fraud_restricted", "fraud__suspects")],
            {},
            now=datetime(2026, 11, 1, tzinfo=UTC),
        )
    return settings


def _mart(schema: str, name: str) -> MartToPublish:
    types = {"day": "date", "amount": "decimal(22,1)"}
    columns = tuple(
        PublishedColumn(each, types.get(each, "varchar"), pii, "") for each, pii in CLASSES.items()
    )
    return MartToPublish(schema, name, "day", columns, restricted=schema.endswith("_restricted"))


def _events(settings: Settings) -> list[dict[str, Any]]:
    with open_ledger(settings.workspace.ledger, read_only=True) as ledger:
        return [dict(event.details) for event in ledger.audit.events() if event.kind == "exported"]


@pytest.mark.parametrize(
    ("form", "ending", "memo"), [("parquet", "parquet", " =1+4"), ("csv", "csv.gz", "' =1+4")]
)
def test_a_mart_is_written_without_its_personal_columns_and_in_csv_without_formulas(
    bank: Settings, tmp_path: Path, form: str, ending: str, memo: str
) -> None:
    done = export_mart(bank, "fraud__payers", str(tmp_path / "out"), form=form)

    file = tmp_path / "out" / "fraud__payers" / f"publication-1.{ending}"
    read = duckdb.sql(f"select * from '{file}' order by customer_id")
    assert read.columns == ["customer_id", "day", "amount", "memo"]
    rows = read.fetchall()
    assert [row[0] for row in rows] == ["c0", "c1", "c2", "c3", "c4"]
    assert (rows[0][3], float(rows[4][2]), rows[4][3]) == (None, -6, memo)
    assert (done.rows, done.left_out, done.personal) == (5, ("email",), ())
    (event,) = _events(bank)
    assert (event["mart"], event["rows"], event["personal"]) == ("fraud__payers", 5, [])
    assert sorted(path.name for path in file.parent.iterdir()) == [file.name]


def test_personal_columns_and_restricted_marts_are_written_on_demand_and_told(
    bank: Settings, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="restricted"):
        export_mart(bank, "fraud__suspects", str(tmp_path / "out"))
    assert _events(bank) == []

    done = export_mart(bank, "fraud__suspects", str(tmp_path / "out"), include_personal=True)

    assert done.personal == ("email",)
    (event,) = _events(bank)
    assert (event["personal"], event["restricted"]) == (["email"], True)


def test_what_lies_there_is_not_written_over(bank: Settings, tmp_path: Path) -> None:
    export_mart(bank, "fraud__payers", str(tmp_path / "out"))

    with pytest.raises(UsageError, match="is there already"):
        export_mart(bank, "fraud__payers", str(tmp_path / "out"))
    assert len(_events(bank)) == 1


@pytest.mark.parametrize("place", ["s3://BANK/x", "ftp://bank/x", "s3://bank/x';drop"])
def test_what_is_no_place_is_refused(bank: Settings, place: str) -> None:
    with pytest.raises(UsageError, match="is no place in S3"):
        export_mart(bank, "fraud__payers", place)


def test_a_misspelt_mart_is_answered_with_the_nearest(bank: Settings, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError) as caught:
        export_mart(bank, "fraud__payer", str(tmp_path))

    assert "did you mean 'fraud__payers'?" in caught.value.fix


def test_a_bucket_gets_it_encrypted_with_the_key_given_if_the_bucket_is_safe(
    bank: Settings, aws: Aws
) -> None:
    bucket = aws.bucket()
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]

    with pytest.raises(EnvironmentFailure, match="nothing is exported to s3://bank/out") as caught:
        export_mart(bank, "fraud__payers", "s3://bank/out", kms_key=key)
    assert "put-bucket-encryption" in caught.value.fix
    assert bucket.keys() == []
    assert _events(bank) == []

    bucket.make_safe()
    export_mart(bank, "fraud__payers", "s3://bank/out", kms_key=key)

    assert bucket.keys() == ["out/fraud__payers/publication-1.parquet"]
    assert bucket.head("out/fraud__payers/publication-1.parquet")["SSEKMSKeyId"] == key
    assert [event["to"] for event in _events(bank)] == ["s3://bank/out"]
