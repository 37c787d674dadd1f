"""What bad input gets: the table of the architecture, row by row, through the command line."""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pytest
from tests.bank import copy_pack
from tests.pipeline.small_bank import HEADER, SmallBank, payments, published_bank

if TYPE_CHECKING:
    from pathlib import Path

GOOD = payments(3, days=2)  # eight rows
MORE_CUSTOMERS = """
[[sources.customers]]
files = { more = "landing/more customers.csv" }
[sources.customers.columns]
customer_id = "customer"
birth_year = "born"
"""


SAID = ("row_number", "column_name", "rule", "value")


@dataclass(frozen=True)
class Fed:
    """A bank after a run, and what the run said."""

    bank: SmallBank
    before: dict[str, list[tuple[object, ...]]]
    code: int
    output: str
    error: str


def feed(bank: SmallBank) -> Fed:
    """Run the command line in a process of its own."""
    before = bank.marts(with_batch=True)
    process = bank.start("run")
    output, error = process.communicate(timeout=300)
    assert "Traceback" not in error, error
    return Fed(bank, before, process.returncode, output, error)


def units(bank: SmallBank) -> dict[str, tuple[int, int, int, int]]:
    """The balance of each file."""
    return {
        names[0].rpartition("/")[2]: (came, loaded, quarantined, same)
        for names, came, loaded, quarantined, same in bank.units()
    }


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Fed:
    """Good files with rows in them that do not fit, that are known, or that do not end."""
    bank = published_bank(tmp_path_factory.mktemp("rows") / "bank")
    landing = bank.root / "landing" / "tx"
    bank.add(
        "unfit.csv",
        [
            *GOOD,
            "u1,a1,2026-03-01 10:00:00,a lot,D",
            "u2,a1,2026-03-01 10:00:00,3.00,sideways",
            ",a1,2026-03-01 10:00:00,4.00,D",
            "u4,a1,yesterday,5.00,D",
        ],
    )
    shutil.copy(landing / "2026-01.csv", landing / "the same again.csv")
    bank.add("known rows.csv", [*payments(2)[:10], "n1,a2,2026-03-01 11:00:00,6.00,C"])
    (landing / "no end.csv").write_text(HEADER + "e1,a2,2026-03-02 11:00:00,7.00,C\ne2,a2,2026-0", "utf-8")
    (landing / "more columns.csv").write_text(
        HEADER.strip() + ",colour\nm1,a0,2026-03-02 12:00:00,8.00,D,red\n", "utf-8"
    )
    (landing.parent / "more customers.csv").write_text("customer,born\nc8,1980\nc9,long ago\n", "utf-8")
    with (bank.root / "fintech.toml").open("a", encoding="utf-8") as settings:
        settings.write(MORE_CUSTOMERS)
    return feed(bank)


def test_rows_that_do_not_fit_are_quarantined_and_the_rest_is_published(rows: Fed) -> None:
    assert rows.code == 0, rows.error
    assert units(rows.bank)["unfit.csv"] == (12, 8, 4, 0)
    days = {str(row[0]): row for row in rows.bank.marts()["tidy__daily_totals"]}
    assert days["2026-03-01"][3] == 5
    assert days["2026-03-02"][3] == 6
    assert "next:  fintech quarantine list" in rows.output


def test_a_quarantined_value_is_told_with_file_row_column_and_rule_and_masked_if_personal(
    rows: Fed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rows.bank.run(capsys, "quarantine", "show", "--json") == 0

    found = {
        (row["file_name"].removeprefix("landing/"), *(row[name] for name in SAID))
        for row in json.loads(rows.bank.output)
    }
    assert found == {
        ("tx/unfit.csv", 9, "amount", "type", "a lot"),
        ("tx/unfit.csv", 10, "direction", "length", "sideways"),
        ("tx/unfit.csv", 11, "transaction_id", "required", None),
        ("tx/unfit.csv", 12, "event_ts", "type", "yesterday"),
        ("tx/no end.csv", 2, None, "columns", "e2,a2,2026-0"),
        ("more customers.csv", 2, "birth_year", "type", "***"),
    }


def test_the_same_file_and_the_same_rows_again_double_nothing(rows: Fed) -> None:
    assert "the same again.csv" not in units(rows.bank)
    assert units(rows.bank)["known rows.csv"] == (11, 1, 0, 10)
    old = [row for row in rows.bank.marts(with_batch=True)["tidy__daily_totals"] if str(row[0]) < "2026-03"]
    assert old == rows.before["tidy__daily_totals"]
    assert "note: 5 files were known already" in rows.output.splitlines()


def test_an_incomplete_last_line_is_one_quarantined_row(rows: Fed) -> None:
    assert units(rows.bank)["no end.csv"] == (2, 1, 1, 0)


def test_an_added_column_is_reported_and_ignored(rows: Fed) -> None:
    assert units(rows.bank)["more columns.csv"] == (1, 1, 0, 0)
    assert "colour" in rows.output + rows.error


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Fed:
    """Files that cannot be read, between good ones."""
    bank = published_bank(tmp_path_factory.mktemp("files") / "bank")
    landing = bank.root / "landing" / "tx"
    bank.add("good.csv", GOOD)
    packed = gzip.compress((HEADER + "\n".join(payments(4))).encode(), mtime=0)
    (landing / "cut.csv.gz").write_bytes(packed[: len(packed) // 2])
    (landing / "cut.parquet").write_bytes(b"PAR1\x15\x04\x15" + bytes(200))
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select 'd1' as id, 'a1' as account, now() as at, current_date as amount, 'D' as direction)"
            f" to '{landing}/date amount.parquet'"
        )
    (landing / "open quote.csv").write_text(HEADER + 'q1,"a1,2026-03-01 10:00:00,3.00,D\n' * 3, "utf-8")
    (landing / "latin.csv").write_bytes((HEADER + "l1,a\xe9,2026-03-01 10:00:00,3.00,D\n").encode("latin-1"))
    (landing / "without amount.csv").write_text(
        "id,account,at,direction\nw1,a1,2026-03-01 10:00:00,D\n", "utf-8"
    )
    return feed(bank)


def test_files_that_cannot_be_read_are_refused_whole_and_the_others_load(files: Fed) -> None:
    assert files.code == 1
    assert set(units(files.bank)) >= {"good.csv", "2026-01.csv"}
    assert len(units(files.bank)) == 5
    assert "published" in files.output
    days = {str(row[0]): row for row in files.bank.marts()["tidy__daily_totals"]}
    assert (days["2026-03-01"][3], days["2026-03-02"][3]) == (4, 4)
    assert files.output.count("  fix:") == 6
    assert "next:  fintech sources check" in files.output


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("cut.csv.gz", "gzip"),
        ("cut.parquet", "Parquet"),
        ("open quote.csv", "quote"),
        ("latin.csv", "utf-8"),
        ("without amount.csv", "'amount'"),
        ("date amount.parquet", "amount expects decimal(18,2), found DATE"),
    ],
)
def test_a_refused_file_is_named_with_the_reason(files: Fed, name: str, reason: str) -> None:
    (line,) = (line for line in files.output.splitlines() if line.startswith("error:") and name in line)
    assert line.startswith(f"error: transactions: landing/tx/{name}")
    assert line.count(name) == 1
    assert reason.casefold() in line.casefold()


def test_a_refused_file_loads_once_it_was_mended(files: Fed, capsys: pytest.CaptureFixture[str]) -> None:
    bank = files.bank
    landing = bank.root / "landing" / "tx"
    for path in (*landing.glob("cut.*"), *landing.glob("* *"), landing / "latin.csv"):
        path.unlink()
    bank.add("without amount.csv", ["w1,a1,2026-03-01 10:00:00,2.00,D"])

    assert bank.run(capsys, "run", "--json") == 0

    assert "5 files were known already" in json.loads(bank.output)["notes"]
    assert units(bank)["without amount.csv"] == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        (("--packs", "tidi"), ("", ""), "did you mean 'tidy'?"),
        (("--target", "def"), ("", ""), "did you mean 'dev'?"),
        ((), ("[packs.tidy]", "[packs.tidy]\nlarge_amout = 5"), "did you mean 'large_amount'?"),
        ((), ("[packs.tidy]", "[packs.tidy]\nlarge_amount = 0.5"), "1.0 to 100000.0 base currency"),
        ((), ("sources.accounts", "sources.acounts"), "did you mean 'accounts'?"),
    ],
)
def test_a_wrong_name_or_value_names_the_nearest_and_nothing_runs(
    arguments: tuple[str, ...],
    settings: tuple[str, str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bank = published_bank(tmp_path / "bank")
    before = bank.marts(with_batch=True)
    text = (bank.root / "fintech.toml").read_text("utf-8")
    (bank.root / "fintech.toml").write_text(text.replace(*settings), "utf-8")

    assert bank.run(capsys, "run", *arguments) == 2

    assert message in bank.error
    assert bank.error.count("fix:") == 1
    assert bank.marts(with_batch=True) == before


def test_an_unknown_pack_in_the_settings_is_named_and_nothing_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = published_bank(tmp_path / "bank")
    settings = bank.root / "fintech.toml"
    settings.write_text(settings.read_text("utf-8") + "\n[packs.tidi]\n", "utf-8")

    assert bank.run(capsys, "run") == 2

    assert "no installed pack is called 'tidi'" in bank.error
    assert "did you mean [packs.tidy]?" in bank.error
    assert bank.serving() == {"tidy": 1}


def broken_manifest(folder: Path) -> None:
    (folder / "pack.toml").write_text("[pack\n", "utf-8")


def broken_yaml(folder: Path) -> None:
    (folder / "dbt/models/marts/spoilt__daily_totals.yml").write_text("models: [\n", "utf-8")


def broken_sql(folder: Path) -> None:
    model = folder / "dbt/models/marts/spoilt__daily_totals.sql"
    model.write_text(model.read_text("utf-8").replace("group by", "group buy"), "utf-8")


def missing_file(folder: Path) -> None:
    (folder / "expectations/spoilt__daily_totals.json").unlink()


def unknown_rule(folder: Path) -> None:
    suite = folder / "expectations/spoilt__daily_totals.json"
    suite.write_text(suite.read_text("utf-8").replace("to_not_be_null", "to_not_be_nil"), "utf-8")


@pytest.fixture(scope="module")
def two_packs(tmp_path_factory: pytest.TempPathFactory) -> SmallBank:
    """A bank with a second pack, published."""
    bank = published_bank(tmp_path_factory.mktemp("two") / "bank")
    copy_pack(bank.root, "spoilt")
    bank.enable("spoilt")
    assert bank.go().exit_code == 0
    return bank


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (
            broken_manifest,
            "spoilt/pack.toml is not valid TOML: Expected ']' at the end of a table declaration (at line 1",
        ),
        (broken_yaml, "spoilt__daily_totals.yml, line"),
        (broken_sql, "spoilt__daily_totals.sql, line"),
        (missing_file, "expectations/spoilt__daily_totals.json"),
        (unknown_rule, "expectations/spoilt__daily_totals.json"),
    ],
)
def test_a_broken_pack_is_named_with_file_and_line_and_the_others_go_on(
    spoil: object, where: str, two_packs: SmallBank, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = two_packs.copy(tmp_path / "bank")
    before = bank.marts(with_batch=True)
    spoil(bank.root / "packs" / "spoilt")  # type: ignore[operator]
    bank.add("2026-03.csv", GOOD)

    assert bank.run(capsys, "run") == 1

    (line,) = (line for line in bank.output.splitlines() if line.startswith("error:"))
    assert "spoilt" in line
    assert where in line
    after = bank.marts(with_batch=True)
    assert after["spoilt__daily_totals"] == before["spoilt__daily_totals"]
    assert len(after["tidy__daily_totals"]) == len(before["tidy__daily_totals"]) + 2
