"""A reference table's rows bear no day: when one changes, the packs that read it are built from nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.pipeline.small_bank import SmallBank, pack_of, payments, small_bank

from fintech_accelerator.pipeline.packs import enable_packs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

SOURCES = """
[[sources.products]]
files = { products = "landing/products.csv" }

[[sources.rate_index]]
files = { indices = "landing/indices.csv" }
"""
PRODUCTS = "product_code,product_type,profit_line\nbasic,checking,{line}\n"
INDICES = "index_code,rate_date,rate\nSOFR,2026-01-01,0.04\n"
MODEL = "packs/tidy/dbt/models/marts/tidy__daily_totals.sql"
YML = "packs/tidy/dbt/models/marts/tidy__daily_totals.yml"
COLUMN = """\
      - name: profit_line
        data_type: varchar(40)
        description: "Where the product reports to."
        config: {meta: {pii: P0}}
      - name: transactions_count
"""


@pytest.fixture
def bank(tmp_path: Path) -> SmallBank:
    """A bank whose totals of each day say what the reference table says of its product."""
    bank = small_bank(tmp_path / "bank", packs=())
    with (bank.root / "fintech.toml").open("a", encoding="utf-8") as file:
        file.write(SOURCES)
    (bank.root / "landing" / "products.csv").write_text(PRODUCTS.format(line="old"), encoding="utf-8")
    (bank.root / "landing" / "indices.csv").write_text(INDICES, encoding="utf-8")
    model, yml = bank.root / MODEL, bank.root / YML
    model.write_text(
        model.read_text(encoding="utf-8").replace(
            "        cast(count(*) as integer)",
            "        cast((select max(profit_line) from {{ ref('core', 'products') }}) as varchar(40))"
            " as profit_line,\n        cast(count(*) as integer)",
        ),
        encoding="utf-8",
    )
    yml.write_text(
        yml.read_text(encoding="utf-8").replace("      - name: transactions_count\n", COLUMN),
        encoding="utf-8",
    )
    enable_packs(bank.settings, ["tidy"])
    assert pack_of(bank.go()).status == "published"
    return bank


def lines_of(bank: SmallBank) -> set[object]:
    return {row[3] for row in bank.marts()["tidy__daily_totals"]}


def test_a_changed_reference_row_reaches_days_long_built(bank: SmallBank) -> None:
    assert lines_of(bank) == {"old"}
    (bank.root / "landing" / "products.csv").write_text(PRODUCTS.format(line="new"), encoding="utf-8")

    assert pack_of(bank.go()).status == "published"

    assert lines_of(bank) == {"new"}
    assert pack_of(bank.go()).status == "unchanged"


def test_a_reference_table_that_no_model_reads_builds_only_what_else_changed(bank: SmallBank) -> None:
    (bank.root / "landing" / "indices.csv").write_text(INDICES.replace("0.04", "0.05"), encoding="utf-8")
    bank.add("2026-03.csv", payments(3, days=2))

    assert pack_of(bank.go()).status == "published"

    batches = [row[-1] for row in bank.marts(with_batch=True)["tidy__daily_totals"]]
    assert sorted(set(batches)) == [1, 2]
    assert batches.count(2) == 2
