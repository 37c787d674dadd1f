"""The window macros' two forms against sums and counts by hand, on any events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dbt.probes import DISTINCT, SUMS

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)
HOUR = 3600
FORMS = ("native", "portable")
NAIVE_SUMS = """
select
    event.event_id,
    count(hour.event_id), count(near.event_id),
    coalesce(sum(hour.amount), 0), coalesce(sum(near.amount), 0)
from events as event
left join events as near
    on event.account_id = near.account_id
    and near.event_ts <= event.event_ts and near.event_ts > event.event_ts - interval 24 hour
left join events as hour on near.event_id = hour.event_id and hour.event_ts > event.event_ts - interval 1 hour
where event.account_id is not null
group by event.event_id
"""
NAIVE_DISTINCT = """
select event.event_id, count(distinct hour.merchant_id), count(distinct near.merchant_id)
from events as event
left join events as near
    on event.account_id = near.account_id
    and near.event_ts <= event.event_ts and near.event_ts > event.event_ts - interval 24 hour
left join events as hour on near.event_id = hour.event_id and hour.event_ts > event.event_ts - interval 1 hour
where event.account_id is not null
group by event.event_id
"""
# few seconds, so that many events share one; and steps of exactly an hour and a day, the windows' edges
moments = st.builds(
    lambda days, hours, seconds: START + timedelta(days=days, hours=hours, seconds=seconds),
    st.integers(0, 2),
    st.integers(0, 3),
    st.sampled_from((0, 0, 0, 1, 59, 3599)),
)
events = st.lists(
    st.tuples(
        st.sampled_from(("a", "b", None)),
        moments,
        st.one_of(st.none(), st.decimals(-1000, 1000, places=2)),
        st.sampled_from(("m", "n", "o", None)),
    ),
    max_size=40,
)


@pytest.fixture(scope="module")
def compiled(new_bank: Callable[..., Any]) -> dict[str, str]:
    """The SQL of both macros in both forms, over a table `events`."""
    models = {f"probe__sums_{form}": SUMS.replace("FORM", form) for form in FORMS}
    models |= {f"probe__distinct_{form}": DISTINCT.replace("FORM", form) for form in FORMS}
    bank = new_bank(models)
    return {name: bank.compiled(name) for name in models}


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(
        "create table input (event_id integer, account_id varchar, event_ts timestamp,"
        " amount decimal(18, 2), merchant_id varchar)"
    )
    connection.execute("create view events as select * from input")
    return connection


def put(connection: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]) -> None:
    connection.execute("delete from input")
    if rows:
        numbered = [(number, *row) for number, row in enumerate(rows)]
        connection.executemany("insert into input values (?, ?, ?, ?, ?)", numbered)


def both(connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], what: str) -> list[list[Any]]:
    return [sorted(connection.execute(compiled[f"probe__{what}_{form}"]).fetchall()) for form in FORMS]


@settings(max_examples=120, deadline=None)
@given(rows=events)
def test_sums_are_those_of_the_rows_in_the_window(
    connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], rows: list[tuple[Any, ...]]
) -> None:
    put(connection, rows)

    native, portable = both(connection, compiled, "sums")

    with_key = [row for row in native if row[1] is not None]
    naive = sorted(connection.execute(NAIVE_SUMS).fetchall())
    assert native == portable
    assert [(row[0], *(value or 0 for value in row[1:])) for row in with_key] == naive
    assert len(native) == len(rows)


@settings(max_examples=120, deadline=None)
@given(rows=events)
def test_distinct_counts_are_those_of_the_values_in_the_window(
    connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], rows: list[tuple[Any, ...]]
) -> None:
    put(connection, rows)

    native, portable = both(connection, compiled, "distinct")

    assert native == portable
    assert [row for row in native if row[1] is not None] == sorted(
        connection.execute(NAIVE_DISTINCT).fetchall()
    )
    assert len(native) == len(rows)


@pytest.mark.parametrize("what", ["sums", "distinct"])
def test_an_event_exactly_as_old_as_the_window_no_longer_counts(
    connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], what: str
) -> None:
    one = Decimal(1)
    put(connection, [("a", START, one, "m"), ("a", START + timedelta(seconds=HOUR), one, "n")])

    for rows in both(connection, compiled, what):
        assert [row[1:3] for row in rows] == [(1, 1), (1, 2)]


@pytest.mark.parametrize("what", ["sums", "distinct"])
def test_events_at_the_same_time_all_count(
    connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], what: str
) -> None:
    put(connection, [("a", START, Decimal(1), "m"), ("a", START, Decimal(1), "n")])

    for rows in both(connection, compiled, what):
        assert [row[1:3] for row in rows] == [(2, 2), (2, 2)]


@pytest.mark.parametrize("what", ["sums", "distinct"])
def test_events_without_a_key_share_no_window(
    connection: duckdb.DuckDBPyConnection, compiled: dict[str, str], what: str
) -> None:
    put(connection, [(None, START, Decimal(1), "m"), (None, START, Decimal(1), "n")])

    for rows in both(connection, compiled, what):
        assert [set(row[1:]) for row in rows] == [{None}, {None}]
