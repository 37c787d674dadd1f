"""Two hundred broken files of all kinds: none breaks a load, costs another file a row, or counts wrongly."""

from __future__ import annotations

import gzip
import json
import shutil
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fintech_accelerator.contract import load_contract
from fintech_accelerator.engines.duckdb import open_warehouse, prepare_operations
from fintech_accelerator.ingest import land, load, loaded_units, quarantine_summary
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hypothesis.strategies import DrawFn

FILES_AT_ONCE = 5
LOADS = 40
GOOD_ROWS = 25
PROJECT = """
[project]
name = "bank"

[[sources.login_activity]]
files = { rows = "in/*" }
[sources.login_activity.columns]
login_id = "login_id"
event_ts = "event_ts"
outcome = "lower(outcome)"
session_seconds = "cast(seconds as integer)"
"""
HEADER = ("login_id", "event_ts", "outcome", "seconds")
SAID = ("success", "failure", 'said "success"')
ROWS = [(f"b{n}", f"2025-01-{n % 28 + 1:02d} 10:00:00", SAID[n % 3], n) for n in range(40)]


def _quoted(value: object) -> str:
    return '"' + str(value).replace('"', '""') + '"'


CSV = "\n".join([",".join(HEADER), *(",".join(map(_quoted, row)) for row in ROWS), ""]).encode()
OBJECTS = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
LINES = "".join(json.dumps(each) + "\n" for each in OBJECTS).encode()


def _parquet() -> bytes:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.parquet")
        duckdb.sql(
            "select 'b' || range as login_id, timestamp '2025-01-01' + to_hours(range) as event_ts,"
            " 'success' as outcome, range as seconds from range(300)"
        ).write_parquet(str(path))
        return path.read_bytes()


WHOLE = {
    ".csv": CSV,
    ".csv.gz": gzip.compress(CSV, mtime=0),
    ".tsv": CSV.replace(b",", b"\t"),
    ".jsonl": LINES,
    ".jsonl.gz": gzip.compress(LINES, mtime=0),
    ".json": json.dumps(OBJECTS).encode(),
    ".parquet": _parquet(),
}
JUNK = (b'"', b"\n", b"\r", b"\0", b",", b";;;", b"\xff\xfe", b"{", b"]", "é".encode(), b"PAR1", b"\x1f\x8b")


@st.composite
def broken_files(draw: DrawFn) -> tuple[str, bytes]:
    """A file's ending and bytes: a whole file of some format, broken in one of many ways."""
    suffix = draw(st.sampled_from(sorted(WHOLE)))
    content = bytearray(WHOLE[suffix])
    way = draw(
        st.sampled_from(("cut", "flip", "drop", "junk", "twice", "other", "encoding", "random", "divided"))
    )
    if way in ("cut", "flip", "drop", "junk", "twice"):
        _damage(draw, content, way)
    elif way == "encoding":
        encoding = draw(st.sampled_from(("utf-16", "utf-32", "cp500", "latin-1")))
        content = bytearray((CSV.decode() + "é").encode(encoding))
    elif way == "random":
        content = bytearray(draw(st.binary(max_size=400)))
    elif way == "divided":
        content = bytearray(CSV.replace(b",", draw(st.sampled_from((b";", b"|", b" ", b",,", b'","')))))
    else:
        suffix = draw(st.sampled_from(sorted(WHOLE)))
    return suffix, bytes(content)


def _damage(draw: DrawFn, content: bytearray, way: str) -> None:
    place = draw(st.integers(0, len(content) - 1))
    match way:
        case "cut":
            del content[place:]
        case "flip":
            for _ in range(draw(st.integers(1, 8))):
                content[draw(st.integers(0, len(content) - 1))] ^= draw(st.integers(1, 255))
        case "drop":
            del content[place : place + draw(st.integers(1, 60))]
        case "junk":
            content[place:place] = b"".join(draw(st.lists(st.sampled_from(JUNK), min_size=1, max_size=6)))
        case "twice":
            content[place:place] = content[: draw(st.integers(1, len(content)))]


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, duckdb.DuckDBPyConnection]]:
    """One project and one open warehouse for all loads."""
    root = tmp_path_factory.mktemp("campaign")
    (root / "fintech.toml").write_text(PROJECT, encoding="utf-8")
    with open_warehouse(root / "warehouse.duckdb", memory_limit="1GB", threads=1) as connection:
        prepare_operations(connection)
        yield root, connection


numbers = count()


@settings(
    max_examples=LOADS,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(files=st.lists(broken_files(), min_size=FILES_AT_ONCE, max_size=FILES_AT_ONCE))
def test_broken_files_never_break_a_load_nor_cost_another_file_its_rows(
    campaign: tuple[Path, duckdb.DuckDBPyConnection], files: list[tuple[str, bytes]]
) -> None:
    root, connection = campaign
    number = next(numbers)
    shutil.rmtree(root / "in", ignore_errors=True)
    (root / "in").mkdir()
    for place, (suffix, content) in enumerate(files):
        (root / "in" / f"{place}{suffix}").write_bytes(content)
    good = "".join(f"good-{number}-{row},2025-06-01,SUCCESS,1\n" for row in range(GOOD_ROWS))
    (root / "in" / "good.csv").write_text(",".join(HEADER) + "\n" + good, encoding="utf-8")

    before = len(loaded_units(connection))
    first = _load(root, connection)
    state = _state(root, connection)
    again = _load(root, connection)

    for unit in loaded_units(connection)[before:]:
        assert unit.rows_in == unit.rows_loaded + unit.rows_quarantined + unit.rows_duplicate
    assert "in/good.csv" not in first
    loaded = connection.execute(
        "select count(*) from raw_data.login_activity where login_id like ? and outcome = 'success'",
        [f"good-{number}-%"],
    ).fetchone()
    assert loaded == (GOOD_ROWS,)
    assert (again, _state(root, connection)) == (first, state)


def _load(root: Path, connection: duckdb.DuckDBPyConnection) -> set[str]:
    project, contract = load_settings(root), load_contract()
    landed = land(project, contract)
    assert landed.refused == ()
    result = load(connection, project, contract, landed, loaded_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert all(each.reason and each.fix for each in result.refused)
    return {each.name for each in result.refused}


def _state(root: Path, connection: duckdb.DuckDBPyConnection) -> tuple[object, ...]:
    rows = connection.execute(
        "select count(*), sum(hash(login_activity)) from raw_data.login_activity"
    ).fetchone()
    quarantined = sum(each.rows for each in quarantine_summary(load_settings(root).workspace))
    return rows, len(loaded_units(connection)), quarantined


def test_a_campaign_is_two_hundred_files() -> None:
    assert FILES_AT_ONCE * LOADS == 200
