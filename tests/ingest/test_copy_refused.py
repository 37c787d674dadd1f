"""Rows of a loaded unit that the warehouse refused: out of staging, into quarantine, masked and balanced."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.ingest import loaded_units, quarantine_rows
from fintech_accelerator.ingest.copy_refused import quarantine_refused

if TYPE_CHECKING:
    from tests.ingest.conftest import Bank

AT = datetime(2026, 1, 3, tzinfo=UTC)
MAPPED = {
    "customer_id": "id",
    "full_name": "name",
    "email": "email",
}


def test_rows_move_with_those_that_were_quarantined_before(bank: Bank) -> None:
    bank.source("customers_pii", "people.csv", MAPPED)
    bank.write("people.csv", "id,name,email\nc1,Ann,ann@bank\n,Bob,bob@bank\nc3,Cid,cid@bank\nc4,Dee,\n")
    (unit,) = bank.load().units
    assert (unit.rows_loaded, unit.rows_quarantined) == (3, 1)
    table = bank.contract.table("customers_pii")
    workspace = bank.settings.workspace

    for _ in range(2):  # the second time as after a kill: it changes nothing
        with open_warehouse(workspace.state / "warehouse.duckdb", memory_limit="1GB") as connection:
            refused = {3: "email", 4: None}
            moved = quarantine_refused(workspace, connection, table, unit.unit_id, refused, at=AT)
            assert loaded_units(connection) == (moved,)
        assert (moved.rows_in, moved.rows_loaded, moved.rows_quarantined) == (4, 1, 3)

    found = {each.row_number: each for each in quarantine_rows(workspace, "customers_pii")}
    assert {number: (each.column_name, each.rule) for number, each in found.items()} == {
        2: ("customer_id", "required"),
        3: ("email", "copy_refused"),
        4: (None, "copy_refused"),
    }
    assert (found[3].value, found[4].value) == ("***", None)
    row = json.loads(found[3].row or "{}")
    assert (row["customer_id"], row["full_name"], row["email"]) == ("c3", "***", "***")
    assert bank.rows("select customer_id from raw_data.customers_pii") == [("c1",)]
