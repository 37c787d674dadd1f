"""A real bank's files, as they are: divided by semicolons, joined, and the last line of one cut off."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.end_to_end.examples import DATA, REPOSITORY, needs

from fintech_accelerator.contract import load_contract
from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.ingest import land, load, quarantine_rows
from fintech_accelerator.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

EXAMPLE = REPOSITORY / "examples" / "berka" / "fintech.toml"


@needs("berka")
def test_every_row_is_loaded_but_the_line_that_was_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINTECH_DATA", str(DATA))
    shutil.copy(EXAMPLE, tmp_path)
    settings, contract = load_settings(tmp_path), load_contract()

    with open_warehouse(tmp_path / "warehouse.duckdb") as connection:
        landed = land(settings, contract)
        result = load(connection, settings, contract, landed, loaded_at=datetime(2026, 1, 1, tzinfo=UTC))
        counted = dict(
            connection.execute(
                "select table_name, sum(rows_loaded) from ops.loaded_units group by table_name"
            ).fetchall()
        )

    assert (landed.refused, result.refused) == ((), ())
    assert counted["customers"] == 5369
    assert counted["account_holders"] == 5369
    assert counted["accounts"] == 4500 + 328
    assert counted["cards"] == 892
    assert counted["transactions"] == 49_102
    (cut,) = quarantine_rows(settings.workspace)
    assert (cut.table, cut.row_number, cut.rule) == ("transactions", 49_103, "quote")
