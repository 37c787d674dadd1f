"""COPY of a unit: its rows and its line are there once, whatever was lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
from tests.redshift.sessions import Fragile, ask, connecting

from fintech_accelerator.contract import load_contract
from fintech_accelerator.contract.ddl import create_raw_table
from fintech_accelerator.engines.redshift.copying import StagedUnit, copy_units
from fintech_accelerator.engines.redshift.objects import FolderObjects
from fintech_accelerator.engines.redshift.tables import prepare_operations, prepare_tables

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.testing.standin import Database, RedshiftStandin

ROLE = "arn:aws:iam::123456789012:role/fintech-copy"
ROW = "insert into raw_data.countries (iso2, _batch_id, _load_order, _file_id) values ('PT', 1, 1, 'u1')"


@pytest.mark.parametrize("place", ["copy raw_data", "insert into ops.loaded_units", "commit"])
@pytest.mark.parametrize("is_after", [False, True])
def test_a_copy_whose_session_is_ended_is_done_once(
    place: str,
    is_after: bool,
    redshift_standin: RedshiftStandin,
    redshift_database: Database,
    tmp_path: Path,
) -> None:
    if not redshift_database.is_standin:
        pytest.skip("a real cluster copies from a real bucket")
    contract = load_contract()
    with connecting(redshift_database)() as connection:
        prepare_operations(connection)
        prepare_tables(connection, contract)
    unit = StagedUnit("u1", contract.tables["countries"], batch_id=1, load_order=1, rows=1)
    fragile = Fragile(redshift_database, place, is_after)
    with duckdb.connect() as staging:
        staging.execute("create schema raw_data")
        staging.execute(create_raw_table(unit.table))
        staging.execute(ROW)

        rows = copy_units(
            fragile,
            staging,
            FolderObjects(redshift_standin.buckets, "landing", ""),
            [unit],
            role=ROLE,
            folder=tmp_path,
            on_copied=lambda _: None,
            on_refused=lambda *_: None,
        )

    assert (rows, fragile.opened) == (1, 2)
    assert ask(redshift_database, "select iso2 from raw_data.countries") == [("PT",)]
    ((copied, query_id),) = ask(redshift_database, "select rows_loaded, copy_query_id from ops.loaded_units")
    assert copied == 1
    assert query_id > 0
    copies = [each.sql for each in redshift_database.statements if each.sql.startswith("copy raw_data")]
    assert copies
    assert all(f"iam_role '{ROLE}'" in sql for sql in copies)
