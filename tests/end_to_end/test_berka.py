"""The Czech bank's example, run to published marts whose totals are those of its files."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest
from tests.end_to_end.examples import DATA, needs, run_example

from fintech_accelerator import open_publications
from fintech_accelerator.ingest import quarantine_summary
from fintech_accelerator.pipeline.run import run

if TYPE_CHECKING:
    from tests.end_to_end.examples import Example

BERKA = DATA / "berka"
PACKS = ["engagement", "fraud", "revenue", "segmentation"]
WHOLE_LINES = 49_102

pytestmark = needs("berka")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return run_example("berka", tmp_path_factory.mktemp("berka"))


def published(example: Example, query: str) -> list[tuple[Any, ...]]:
    with open_publications(example.publications) as connection:
        return connection.execute(query).fetchall()


def in_the_file(query: str) -> list[tuple[Any, ...]]:
    """A query over the published file's whole lines, as `trans`, read without the product."""
    lines = (BERKA / "trans_first49k.asc").read_text(encoding="utf-8").splitlines()[1:-1]
    rows = [[part.strip('"') for part in line.split(";")] for line in lines]
    trans = pa.table(
        {
            "amount": [Decimal(row[5]) for row in rows],
            "k_symbol": [row[7].strip() for row in rows],
        }
    )
    with duckdb.connect() as connection:
        return connection.register("trans", trans).execute(query).fetchall()


def test_all_four_packs_are_published(example: Example) -> None:
    assert sorted((pack.pack, pack.status) for pack in example.report.packs) == [
        (pack, "published") for pack in PACKS
    ]
    assert example.report.exit_code == 0


def test_only_the_line_that_is_cut_off_is_in_quarantine(example: Example) -> None:
    (transactions,) = [file for file in example.report.files if file.table == "transactions"]

    assert (transactions.rows_in, transactions.loaded, transactions.quarantined, transactions.duplicates) == (
        WHOLE_LINES + 1,
        WHOLE_LINES,
        1,
        0,
    )
    assert [summary.table for summary in quarantine_summary(example.settings.workspace)] == ["transactions"]
    others = [file for file in example.report.files if file.table != "transactions"]
    assert others
    assert [file for file in others if file.rows_in != file.loaded] == []


@pytest.mark.parametrize(
    ("line", "symbol", "sign"),
    [("service_fee", "SLUZBY", 1), ("interest_income", "SANKC. UROK", 1), ("interest_expense", "UROK", -1)],
)
def test_a_line_of_the_ledger_is_the_sum_of_its_rows_in_the_file(
    line: str, symbol: str, sign: int, example: Example
) -> None:
    ours = published(
        example,
        "select count(*), sum(amount_base) from revenue.revenue__ledger"
        f" where line = '{line}' and is_memo = 0",
    )

    assert ours == in_the_file(
        f"select count(*), {sign} * sum(amount) from trans where k_symbol = '{symbol}'"
    )


def test_the_ledger_holds_nothing_that_is_not_in_the_file(example: Example) -> None:
    lines = published(
        example, "select distinct line from revenue.revenue__ledger where is_memo = 0 order by 1"
    )

    assert lines == [("interest_expense",), ("interest_income",), ("service_fee",)]


def test_product_months_sum_to_the_ledger(example: Example) -> None:
    months = published(example, "select sum(revenue_amount) from revenue.revenue__product_month")

    assert months == published(
        example, "select sum(amount_base) from revenue.revenue__ledger where is_memo = 0"
    )


def test_what_the_bank_does_not_have_is_flagged_and_not_zero(example: Example) -> None:
    flags = {pack.pack: set(pack.capability_flags) for pack in example.report.packs}

    assert "no_login" in flags["fraud"]
    assert "no_labels" in flags["fraud"]
    assert "no_credit_scores" in flags["segmentation"]
    assert published(
        example,
        "select count(*) > 0, count(credit_score_latest), count(login_count_90d)"
        " from segmentation.segmentation__customer_features",
    ) == [(True, 0, 0)]
    assert published(
        example, "select count(*) > 0, count(digital_points) from engagement.engagement__primary_bank"
    ) == [(True, 0)]


def test_a_second_run_finds_nothing_to_do(example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINTECH_DATA", str(DATA))

    again = run(example.settings)

    assert again.files == ()
    assert {pack.status for pack in again.packs} == {"unchanged"}
    assert again.exit_code == 0
