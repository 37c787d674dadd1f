"""The faults of DuckDB that the product works around; a test fails once a fault is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from fintech_accelerator.engines.duckdb import ENGINE_CONFIGURATION, open_warehouse

if TYPE_CHECKING:
    from pathlib import Path

PAYMENTS = "create table payments as select range as id, range % 7 as account, 1 as amount from range(10000)"
AGGREGATE = """
    select account, sum(amount) as total
    from payments left join (select id from payments where id < 0) as refunds using (id)
    where refunds.id is null
    group by account
    having sum(amount) > 5
"""
STEPS = """
    with marked as (
        select payments.account, case when refunds.id is null then payments.amount else 0 end as amount
        from payments left join (select id from payments where id < 0) as refunds on payments.id = refunds.id
    ),
    totals as (select account, sum(amount) as total from marked group by account)
    select * from totals where total > 5
"""
LEFT_JOIN_WITH_NOTHING = [AGGREGATE, STEPS]


@pytest.mark.parametrize("query", LEFT_JOIN_WITH_NOTHING)
def test_a_left_join_with_nothing_keeps_its_rows_in_the_warehouse(query: str, tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "warehouse.duckdb") as connection:
        connection.execute(PAYMENTS)
        assert len(connection.execute(query).fetchall()) == 7


def test_the_fault_that_makes_the_setting_necessary_is_still_there() -> None:
    with duckdb.connect() as connection:
        connection.execute(PAYMENTS)
        lost = [query for query in LEFT_JOIN_WITH_NOTHING if not connection.execute(query).fetchall()]

    assert lost, f"DuckDB {duckdb.__version__} is right by itself: drop the setting from ENGINE_CONFIGURATION"
    assert "projection_pullup" in ENGINE_CONFIGURATION["disabled_optimizers"]
