"""Which days a check looks at follows from what a build has touched."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.quality.touched import ENDLESS_REACH, touched_days

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

FIRST = date(2026, 1, 1)
PLACE = ("shop", "shop__daily", "paid_date")


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A mart of 100 days without day 41; payments touched the days 40 and 41, log-ins the day 90."""
    with open_warehouse(tmp_path / "warehouse.duckdb") as opened:
        opened.execute("""
            create schema ops; create schema core; create schema shop;
            create table ops.pack_slots as
            select * from (values ('shop', 7), ('bar', 0)) as t (pack, through_batch);
            create table core.days_to_build as
            select 'shop' as pack, 'transactions' as table_name, date '2026-02-10' as event_date_local
            union all select 'shop', 'transactions', date '2026-02-11'
            union all select 'shop', 'login_activity', date '2026-01-01' + 90
            union all select 'bar', 'transactions', date '2026-01-01' + 50;
            create table shop.shop__daily as
            select date '2026-01-01' + range::integer as paid_date from range(100) where range <> 41;
        """)
        yield opened


def test_only_days_that_the_relation_still_has_are_looked_at(connection: duckdb.DuckDBPyConnection) -> None:
    assert touched_days(connection, "shop", ["transactions"], PLACE) == (_day(40),)


def test_the_days_of_all_its_event_tables_count(connection: duckdb.DuckDBPyConnection) -> None:
    assert touched_days(connection, "shop", ["transactions", "login_activity"], PLACE) == (_day(40), _day(90))


def test_a_change_is_felt_before_and_after(connection: duckdb.DuckDBPyConnection) -> None:
    found = touched_days(connection, "shop", ["transactions"], PLACE, reach=2, reach_back=1)

    assert found == tuple(_day(number) for number in (39, 40, 42, 43))


def test_an_endless_reach_means_every_later_day(connection: duckdb.DuckDBPyConnection) -> None:
    found = touched_days(connection, "shop", ["login_activity"], PLACE, reach=ENDLESS_REACH)

    assert found == tuple(_day(number) for number in range(90, 100))


def test_with_most_days_touched_everything_is_looked_at(connection: duckdb.DuckDBPyConnection) -> None:
    assert touched_days(connection, "shop", ["transactions"], PLACE, reach=ENDLESS_REACH) is None


@pytest.mark.parametrize("pack", ["bar", "new"])
def test_a_pack_that_was_built_from_nothing_is_looked_at_whole(
    connection: duckdb.DuckDBPyConnection, pack: str
) -> None:
    assert touched_days(connection, pack, ["transactions"], PLACE) is None


def test_an_untouched_relation_has_no_days(connection: duckdb.DuckDBPyConnection) -> None:
    assert touched_days(connection, "shop", ["balances_daily"], PLACE) == ()
