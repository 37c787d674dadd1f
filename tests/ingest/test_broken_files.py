"""What bad files get: the file is refused whole with its reason and place, and the others are loaded."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.errors import DiskFullError
from fintech_accelerator.ingest import land, load, loaded_units

if TYPE_CHECKING:
    from conftest import Bank

GOOD = b"customer_id,birth_year\ng1,1980\ng2,1981\n"
LINES = b"customer_id,birth_year\n" + b"".join(b"b%d,1980\n" % number for number in range(50))


def _parquet(bank: Bank) -> bytes:
    query = "select 'p' || range as customer_id, 1980 as birth_year from range(5000)"
    return bank.parquet("elsewhere/p.parquet", query).read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("b.csv", b"", "b.csv: the file is empty"),
        ("b.csv", b" \n\n", "b.csv: the file is empty"),
        ("b.csv.gz", gzip.compress(LINES, mtime=0)[:-9], "b.csv.gz: the gzip does not end"),
        ("b.csv.gz", gzip.compress(LINES, mtime=0)[:20] + b"\xff" * 40, "b.csv.gz: the gzip "),
        ("b.csv.gz", LINES, "b.csv.gz: the gzip is damaged"),
        ("b.csv.gz", b"", "b.csv.gz: the file is empty"),
        ("b.csv", b'customer_id,birth_year\nx1,"1980\nx2,1981\n', "b.csv, line 2: a quote is opened"),
        ("b.csv", b'customer_id,"birth_year\nx1,1980\nx2,1981\n', "b.csv, line 1: a quote is opened"),
        ("b.csv", "customer_id,birth_year\nx1,1980\nxé,1981\n".encode("latin-1"),
         "b.csv, line 3: the file is not encoded in utf-8 (byte 0xe9)"),
        ("b.csv", GOOD.decode().encode("utf-16"), "b.csv, line 1: the file is not encoded in utf-8"),
        ("b.csv", b"customer_id,birth_year\nx1,19\x0080\n", "b.csv, line 2: a NUL character"),
        ("b.csv", bytes(range(256)), "b.csv, line 2: the file is not encoded in utf-8"),
        ("b.csv", b"customer_id;birth_year\nx1;1980\n", "expects a column 'customer_id'"),
        ("b.csv", b"customer_id,birth_year,customer_id\nx1,1980,2\n", "'customer_id' is there twice"),
        ("b.csv", b"<html><body>\n<p>404</p>\n", "expects a column 'customer_id'"),
        ("b.csv", b"customer_id,birth_year\n" + b"a\n" * 30, "none of 30 lines has the 2 columns"),
        ("b.parquet", b"", "b.parquet: reading as Parquet failed"),
        ("b.parquet", GOOD, "b.parquet: reading as Parquet failed: Invalid Input Error: No magic bytes"),
        ("b.parquet.gz", gzip.compress(GOOD, mtime=0), "b.parquet.gz: Parquet within gzip cannot be read"),
        ("b.json", b'[{"customer_id": "x1"}, {"customer_', "b.json: reading failed"),
        ("b.jsonl", b"customer_id,birth_year\nx1,1980\n", "b.jsonl: no line is a JSON object"),
        ("b.jsonl", b'{"customer_id": "x1", "Customer_ID": "x2"}\n', "is there twice"),
        ("b.xlsx", b"PK\x03\x04", "the format of 'in/b.xlsx' is not known by its ending '.xlsx'"),
        ("b.txt", GOOD, "the format of 'in/b.txt' is not known"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_whole_and_the_others_load(
    bank: Bank, name: str, content: bytes, reason: str
) -> None:
    bank.source("customers", "in/*")
    bank.write("in/a.csv", GOOD)
    bank.write(f"in/{name}", content)
    bank.write("in/c.csv", b"customer_id,birth_year\nc1,1999\n")

    refused = bank.refusals()

    assert [(each.table, each.name) for each in refused] == [("customers", f"in/{name}")]
    assert reason in refused[0].reason
    assert refused[0].fix
    assert refused[0].sha256 is not None
    assert bank.rows("select customer_id from raw_data.customers order by 1") == [("c1",), ("g1",), ("g2",)]
    assert bank.quarantined() == []


def test_a_parquet_file_that_does_not_end_is_refused_whole(bank: Bank) -> None:
    bank.source("customers", "in/*")
    whole = _parquet(bank)
    bank.write("in/a.csv", GOOD)
    bank.write("in/b.parquet", whole[:-20])
    bank.write("in/c.parquet", whole[: len(whole) // 2] + whole[-8:])

    refused = bank.refusals()

    assert [each.name for each in refused] == ["in/b.parquet", "in/c.parquet"]
    assert bank.one("select count(*) from raw_data.customers") == 2


def test_a_parquet_file_damaged_inside_a_page_is_refused_or_quarantined_but_balances(bank: Bank) -> None:
    bank.source("customers", "in/*")
    whole = bytearray(_parquet(bank))
    whole[60:90] = b"\xff" * 30
    bank.write("in/a.csv", GOOD)
    bank.write("in/b.parquet", bytes(whole))

    refused = bank.refusals()

    assert [each.name for each in refused] == ["in/b.parquet"]
    assert bank.one("select count(*) from raw_data.customers") == 2


HEAD = b"login_id,event_ts\nx1,2025-01-01\n"
OBJECT = b'{"login_id":"x1","event_ts":"2025-01-01"}\n'


@pytest.mark.parametrize(
    ("name", "content", "record"),
    [
        ("b.csv", HEAD + b"x2", (2, None, "columns", "x2")),
        ("b.csv", HEAD + b'x2,"2025', (2, None, "quote", 'x2,"2025')),
        ("b.csv", HEAD + b"x2,2025-01-01,7,8\n", (2, None, "columns", "x2,2025-01-01,7,8")),
        ("b.csv", HEAD + b'"x2"y,2025-01-01\n', (2, None, "quote", '"x2"y,2025-01-01')),
        ("b.csv", HEAD + b"x2,2025-0", (2, "event_ts", "type", "2025-0")),
        ("b.csv.gz", gzip.compress(HEAD + b"x2", mtime=0), (2, None, "columns", "x2")),
        ("b.jsonl", OBJECT + b'{"login_id":"x2","even', (2, None, "json", '{"login_id":"x2","even')),
        ("b.jsonl", OBJECT + b"[1]\n", (2, None, "json", "[1]")),
    ],
)
def test_a_broken_line_alone_is_one_quarantined_row(
    bank: Bank, name: str, content: bytes, record: tuple[int, str | None, str, str]
) -> None:
    bank.source("login_activity", "in/*").write(f"in/{name}", content)

    result = bank.load()

    assert result.refused == ()
    assert (result.rows_in, result.rows_loaded, result.rows_quarantined) == (2, 1, 1)
    assert bank.rows("select login_id from raw_data.login_activity") == [("x1",)]
    kept = [(each.row_number, each.column_name, each.rule, each.value) for each in bank.quarantined()]
    assert kept == [record]


@pytest.mark.parametrize("content", [b"customer_id,birth_year\n", b"customer_id,birth_year"])
def test_a_file_with_only_a_header_has_no_rows(bank: Bank, content: bytes) -> None:
    bank.source("customers", "in/a.csv").write("in/a.csv", content)

    result = bank.load()

    assert (result.refused, result.rows_in, len(result.units)) == ((), 0, 1)
    assert bank.load().units_known == 1


@pytest.mark.parametrize(
    "content",
    [
        b"customer_id,birth_year\r\nx1,1980\nx2,1981\r\n",
        b"customer_id,birth_year\n\nx1,1980\n\n\nx2,1981\n\n",
        b'customer_id,birth_year\n"x1","1980"\nx2,1981',
        b"\xef\xbb\xbfcustomer_id,birth_year\nx1,1980\nx2,1981\n",
        b"customer_id,birth_year\rx1,1980\rx2,1981\r",
    ],
)
def test_odd_but_readable_text_loads(bank: Bank, content: bytes) -> None:
    bank.source("customers", "in/a.csv").write("in/a.csv", content)

    assert bank.load().rows_loaded == 2
    assert bank.rows("select customer_id, birth_year from raw_data.customers order by 1") == [
        ("x1", 1980),
        ("x2", 1981),
    ]


def test_a_value_may_hold_line_ends_and_quotes(bank: Bank) -> None:
    bank.source("customers_pii", "in/a.csv")
    bank.write("in/a.csv", 'customer_id,full_name\nc1,"Ann\nof ""York"""\nc2,Bob 5" disk\n')

    assert bank.load().rows_loaded == 2
    assert bank.rows("select full_name from raw_data.customers_pii order by customer_id") == [
        ('Ann\nof "York"',),
        ('Bob 5" disk',),
    ]


def test_a_line_longer_than_two_megabytes_is_one_quarantined_row(bank: Bank) -> None:
    bank.source("customers", "in/a.csv")
    bank.write("in/a.csv", b"customer_id,birth_year\nx1,1980\n" + b"y" * 3_000_000 + b",1\nx3,1981\n")

    result = bank.load()

    assert (result.rows_in, result.rows_loaded) == (3, 2)
    assert [(each.row_number, each.rule) for each in bank.quarantined()] == [(2, "line length")]


def test_a_folder_and_an_unreadable_file_are_refused_and_the_others_land(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.source("customers", "in/a.csv").source("customers", "in").source("customers", "in/b.csv")
    bank.write("in/a.csv", GOOD)
    locked = bank.write("in/b.csv", GOOD)
    locked.chmod(0)
    if os.access(locked, os.R_OK):  # root reads everything: the system's answer is played to it
        real = Path.open

        def denied(path: Path, *arguments: object, **options: object) -> object:
            if path == locked:
                raise PermissionError(13, "Permission denied", str(path))
            return real(path, *arguments, **options)

        monkeypatch.setattr(Path, "open", denied)

    landed = bank.land()

    assert [file.name for file in landed.files] == ["in/a.csv"]
    assert [(each.name, each.reason) for each in landed.refused] == [
        ("in", "in: it is a folder"),
        ("in/b.csv", "in/b.csv: it cannot be read (Permission denied)"),
    ]


def test_a_source_that_matches_nothing_is_refused_and_the_others_land(bank: Bank) -> None:
    bank.source("customers", "in/*.csv").source("accounts", "in/acounts-*.parquet")
    bank.write("in/a.csv", GOOD)
    bank.write("in/accounts-1.parquet.tmp", b"")

    landed = bank.land()

    assert [file.name for file in landed.files] == ["in/a.csv"]
    assert landed.refused[0].table == "accounts"
    assert "no file matches 'in/acounts-*.parquet'" in landed.refused[0].reason
    assert "has 'accounts-1.parquet.tmp'" in landed.refused[0].reason


@pytest.mark.skipif(shutil.which("mount") is None or os.geteuid() != 0, reason="needs root for a small tmpfs")
def test_a_full_disk_fails_cleanly_and_the_next_load_finishes(bank: Bank, tmp_path: Path) -> None:
    state = bank.root / ".fintech"
    state.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(state)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        bank.source("customers", "in/*.parquet")
        bank.parquet("in/1.parquet", "select 'a' || range as customer_id from range(100)")
        bank.parquet("in/2.parquet", "select md5(range::varchar) as customer_id from range(600000)")
        settings = bank.settings
        with pytest.raises(DiskFullError, match="the disk is full"):
            _load_into(bank, tmp_path / "warehouse.duckdb")
        assert not [path for path in settings.workspace.landing.iterdir() if path.name.startswith(".part")]
        subprocess.run(["mount", "-o", "remount,size=200m", str(state)], check=True)
        _load_into(bank, tmp_path / "warehouse.duckdb")
        with open_warehouse(tmp_path / "warehouse.duckdb") as connection:
            assert [unit.rows_loaded for unit in loaded_units(connection)] == [100, 600_000]
    finally:
        subprocess.run(["umount", str(state)], check=True)


def _load_into(bank: Bank, warehouse: Path) -> None:
    settings = bank.settings
    with open_warehouse(warehouse) as connection:
        landed = land(settings, bank.contract)
        load(connection, settings, bank.contract, landed, loaded_at=datetime(2026, 1, 2, tzinfo=UTC))


def test_one_json_object_that_is_not_a_list_is_a_row(bank: Bank) -> None:
    bank.source("customers", "in/a.json").write("in/a.json", json.dumps({"customer_id": "x1"}))

    assert bank.load().rows_loaded == 1
