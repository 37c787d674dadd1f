"""COPY and UNLOAD through a bucket: what loading and exports stand on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import duckdb
import pytest
import redshift_connector

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.conftest import Landing, Session

TABLE = "create table slot_a.copied (id bigint, amount decimal(18,2), on_day date, note varchar(10))"


def test_a_manifest_of_parquet_is_copied_into_named_columns(
    administrator: Session, landing: Landing, tmp_path: Path
) -> None:
    administrator.do(TABLE)
    entries = []
    for number in (1, 2):
        path = tmp_path / f"{number}.parquet"
        row = f"cast({number} as bigint) as id, cast({number}.25 as decimal(18, 2)) as amount"
        duckdb.sql(f"copy (select {row}, date '2026-06-30' as on_day) to '{path}' (format parquet)")
        uri = landing.put(path, path.name)
        entries.append({"url": uri, "mandatory": True, "meta": {"content_length": path.stat().st_size}})
    manifest = tmp_path / "manifest"
    manifest.write_text(json.dumps({"entries": entries}))
    uri = landing.put(manifest, "manifest")

    administrator.do(
        f"copy slot_a.copied (id, amount, on_day) from '{uri}' {landing.authorised}"
        " format as parquet manifest"
    )

    found = administrator.rows(
        "select id, cast(amount as varchar(9)), cast(on_day as varchar(10)) from slot_a.copied"
    )
    assert sorted(found) == [(1, "1.25", "2026-06-30"), (2, "2.25", "2026-06-30")]


def test_a_row_that_copy_refuses_is_told_with_line_and_column(
    administrator: Session, landing: Landing, tmp_path: Path
) -> None:
    administrator.do(TABLE)
    path = tmp_path / "bad.csv"
    path.write_text("1,1.50,2026-06-30,ok\nx,2.50,2026-06-30,ok\n")
    uri = landing.put(path, "bad.csv")

    with pytest.raises(redshift_connector.Error, match=r"stl_load_errors|sys_load_error_detail"):
        administrator.do(f"copy slot_a.copied from '{uri}' {landing.authorised} csv")

    told = administrator.rows(
        "select line_number, trim(column_name), trim(file_name) from sys_load_error_detail"
        f" where trim(file_name) = '{uri}'"
    )
    assert told == [(2, "id", uri)]
    assert administrator.rows("select count(*) from slot_a.copied") == [(0,)]


def test_what_is_unloaded_is_copied_again(administrator: Session, landing: Landing) -> None:
    administrator.do(
        "create table slot_a.again (customer_id varchar(8), region varchar(8), amount decimal(18,2))"
    )

    administrator.do(
        f"unload ('select * from slot_b.payments') to '{landing.uri}/unloaded_' {landing.authorised} parquet"
    )
    administrator.do(f"copy slot_a.again from '{landing.uri}/unloaded_' {landing.authorised} parquet")

    assert administrator.rows("select count(*), sum(amount) from slot_a.again") == [(3, 66)]
