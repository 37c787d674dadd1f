"""COPY and UNLOAD with a folder as the bucket."""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import redshift_connector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fintech_accelerator.testing.standin import Database

ROLE = "iam_role 'arn:aws:iam::123456789012:role/loader'"


@pytest.fixture
def cursor(redshift_database: Database) -> Iterator[Any]:
    with closing(redshift_database.connect()) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(
            "create table payments (id bigint not null, amount decimal(18, 2), day date, note varchar(5))"
        )
        yield cursor


def loaded(cursor: Any) -> list[list[Any]]:
    cursor.execute("select * from payments order by id")
    return [list(row) for row in cursor.fetchall()]


def test_csv_is_loaded_with_its_empty_fields(cursor: Any, redshift_database: Database) -> None:
    bucket = redshift_database.bucket("csv")
    (bucket / "a.csv").write_text('id,amount,day,note\n1,1.50,2024-01-31,"a,b"\n2,,,\n3,3,2024-02-01,\\N\n')

    cursor.execute(f"copy payments from 's3://csv/a' {ROLE} format as csv ignoreheader 1")

    assert loaded(cursor) == [
        [1, Decimal("1.50"), date(2024, 1, 31), "a,b"],
        [2, None, None, ""],
        [3, Decimal("3.00"), date(2024, 2, 1), None],
    ]
    cursor.execute("select pg_last_copy_count()")
    assert list(cursor.fetchone()) == [3]
    cursor.execute("select tbl_rows from svv_table_info where \"table\" = 'payments'")
    assert list(cursor.fetchone()) == [3]


def test_parquet_is_loaded_from_a_manifest_into_named_columns(
    cursor: Any, redshift_database: Database
) -> None:
    bucket = redshift_database.bucket("parquet")
    for number in (1, 2, 3):
        query = f"select {number}::bigint as id, {number}.25::decimal(18, 2) as amount"
        duckdb.sql(f"copy ({query}) to '{bucket}/{number}.parquet' (format parquet)")
    entries = [{"url": f"s3://parquet/{number}.parquet", "mandatory": True} for number in (1, 3)]
    (bucket / "load.manifest").write_text(json.dumps({"entries": entries}))

    cursor.execute(
        f"copy payments (id, amount) from 's3://parquet/load.manifest' {ROLE} format as parquet manifest"
    )

    assert [(row[0], row[1]) for row in loaded(cursor)] == [(1, Decimal("1.25")), (3, Decimal("3.25"))]


def test_bad_rows_are_told_and_stay_told_after_the_failure(cursor: Any, redshift_database: Database) -> None:
    bucket = redshift_database.bucket("bad")
    (bucket / "a.csv").write_text("1,1,2024-01-01,ok\nx,1,2024-01-01,ok\n3,3,2024-01-01,äöüß\n4,4\n")

    with pytest.raises(redshift_connector.Error, match="stl_load_errors"):
        cursor.execute(f"copy payments from 's3://bad/' {ROLE} csv maxerror 2")
    assert loaded(cursor) == []
    cursor.execute(
        "select line_number, colname, err_code, err_reason, raw_line, filename"
        " from stl_load_errors order by 1"
    )
    told = [list(row) for row in cursor.fetchall()]

    assert [row[:3] for row in told] == [[2, "id", 1207], [3, "note", 1204], [4, "", 1202]]
    assert told[1][3] == "String length exceeds DDL length"
    assert told[0][4:] == ["x,1,2024-01-01,ok", "s3://bad/a.csv"]

    cursor.execute(f"copy payments from 's3://bad/' {ROLE} csv maxerror 3")
    assert [row[0] for row in loaded(cursor)] == [1]
    cursor.execute("select count(*) from sys_load_error_detail where query_id = pg_last_copy_id()")
    assert list(cursor.fetchone()) == [3]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("copy payments from 's3://some/a' csv", "authorization"),
        (f"copy payments from 's3://some/none' {ROLE} csv", "does not exist"),
        (f"copy payments from 's3://nowhere/a' {ROLE} csv", "bucket does not exist"),
        (f"copy nowhere from 's3://some/a' {ROLE} csv", "nonexistent table"),
        (f"copy payments from 's3://some/a' {ROLE} csv header", "syntax error"),
        (f"copy payments from '/etc/passwd' {ROLE} csv", "s3://"),
        (f"copy payments from 's3://some/../../a' {ROLE} csv", "not a key"),
        (f"unload ('select 1') to 's3://some/a' {ROLE} csv", "not empty"),
    ],
)
def test_a_copy_that_redshift_refuses_is_refused(
    cursor: Any, redshift_database: Database, statement: str, reason: str
) -> None:
    (redshift_database.bucket("some") / "a").write_text("1,1,2024-01-01,a\n")

    with pytest.raises(redshift_connector.Error, match=reason):
        cursor.execute(statement)


def test_unloaded_rows_are_read_again(cursor: Any, redshift_database: Database) -> None:
    bucket = redshift_database.bucket("unloaded")
    cursor.execute("insert into payments values (1, 1.5, '2024-01-01', '007'), (2, null, null, null)")

    cursor.execute(
        "unload ('select id, nvl(amount, 0) as amount, note from payments')"
        f" to 's3://unloaded/p_' {ROLE} parquet"
    )
    cursor.execute(
        f"unload ('select id, note from payments where note = ''007''') to 's3://unloaded/c_' {ROLE}"
        " csv header kms_key_id 'alias/bank' encrypted manifest"
    )

    parquet = duckdb.sql(f"select * from '{bucket}/p_0000_part_00.parquet' order by id")
    assert parquet.fetchall() == [(1, Decimal("1.50"), "007"), (2, Decimal("0.00"), None)]
    assert (bucket / "c_0000_part_00").read_text() == "id,note\n1,007\n"
    entries = json.loads((bucket / "c_manifest").read_text())["entries"]
    assert [entry["url"] for entry in entries] == ["s3://unloaded/c_0000_part_00"]


def test_a_loader_needs_the_right_to_insert(cursor: Any, redshift_database: Database) -> None:
    (redshift_database.bucket("rights") / "a").write_text("1,1,2024-01-01,a\n")
    cursor.execute("create user loader password disable")
    with closing(redshift_database.connect(user="loader")) as connection:
        connection.autocommit = True
        theirs = connection.cursor()
        with pytest.raises(redshift_connector.Error, match="permission denied"):
            theirs.execute(f"copy payments from 's3://rights/a' {ROLE} csv")
        cursor.execute("grant insert on payments to loader")
        theirs.execute(f"copy payments from 's3://rights/a' {ROLE} csv")

    assert [row[0] for row in loaded(cursor)] == [1]


def test_noload_judges_every_row_and_loads_none(cursor: Any, redshift_database: Database) -> None:
    bucket = redshift_database.bucket("noload")
    with gzip.open(bucket / "a.csv.gz", "wt", encoding="utf-8") as file:
        file.write("1,1,2024-01-01,ok\n2,2,2024-01-01,too long\n3,x,2024-01-01,ok\n")

    for attempt in (1, 2):
        cursor.execute(f"copy payments from 's3://noload/a' {ROLE} csv gzip noload maxerror 1000")
        cursor.execute(
            "select line_number, column_name, error_message from sys_load_error_detail"
            " where file_name = 's3://noload/a.csv.gz' and query_id = pg_last_copy_id() order by 1"
        )
        told = [tuple(row) for row in cursor.fetchall()]
        assert [row[:2] for row in told] == [(2, "note"), (3, "amount")], attempt
        assert told[0][2] == "String length exceeds DDL length"
    assert loaded(cursor) == []
