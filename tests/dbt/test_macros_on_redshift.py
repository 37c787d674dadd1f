"""The macros that have a form for each engine: on the Redshift stand-in they say what DuckDB says."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import redshift_connector
from tests.dbt.probes import BY_FORM, DISTINCT, SUMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fintech_accelerator.testing.standin import Database

START = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)
COLUMNS = {
    "event_id": "integer",
    "account_id": "varchar(8)",
    "event_ts": "timestamp",
    "amount": "decimal(18, 2)",
    "merchant_id": "varchar(8)",
    "moment": "timestamp",
    "word": "varchar(40)",
}
RATIO = """
select event_id, {{ core.ratio('amount', 'event_id', 4) }}, {{ core.ratio(1, 'amount', 6) }}
from input
"""
# Each in the form that dbt chooses for the engine; and the others, where the engine takes them.
MODELS = {
    "probe__sums": SUMS.replace("form='FORM'", "form=none"),
    "probe__sums_native": SUMS.replace("FORM", "native"),
    "probe__sums_portable": SUMS.replace("FORM", "portable"),
    "probe__distinct": DISTINCT.replace("form='FORM'", "form=none"),
    "probe__distinct_native": DISTINCT.replace("FORM", "native"),
    "probe__distinct_portable": DISTINCT.replace("FORM", "portable"),
    "probe__forms": BY_FORM["native"],
    "probe__ratio": RATIO,
}
TAKEN = [name for name in MODELS if not name.endswith("_native")]


@pytest.fixture(scope="module")
def bank(new_bank: Callable[..., Any]) -> Any:
    return new_bank(MODELS)


@pytest.fixture(scope="module")
def for_redshift(bank: Any) -> dict[str, str]:
    found: dict[str, str] = bank.compiled_for_redshift()
    return found


@pytest.fixture(scope="module")
def rows() -> list[tuple[Any, ...]]:
    """Few accounts and merchants, many events at one time or exactly an hour or a day apart."""
    chance = random.Random(20)  # noqa: S311  (test data)
    return [
        (
            number,
            chance.choice(("a", "b", "c", None)),
            START
            + timedelta(
                days=chance.randrange(4), hours=chance.randrange(6), seconds=chance.choice((0, 0, 1, 3599))
            ),
            chance.choice((None, Decimal(0), Decimal(chance.randrange(-100000, 100000)) / 100)),
            chance.choice(("m", "n", "o", None)),
            START + timedelta(minutes=30 * number),
            chance.choice(("", "a", "Z\u00fcrich", None)),
        )
        for number in range(1, 401)
    ]


@pytest.fixture
def warehouse(redshift_database: Database, rows: list[tuple[Any, ...]]) -> Iterator[Any]:
    """A cursor on Redshift's side, with the rows in a table `input`."""
    connection = redshift_database.connect()
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(f"create table input ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
    places = ", ".join([f"({', '.join(['%s'] * len(COLUMNS))})"] * len(rows))
    cursor.execute(f"insert into input values {places}", [value for row in rows for value in row])
    yield cursor
    connection.close()


@pytest.mark.parametrize("name", TAKEN)
def test_a_macro_says_the_same_on_both_engines(
    bank: Any, for_redshift: dict[str, str], warehouse: Any, rows: list[tuple[Any, ...]], name: str
) -> None:
    with duckdb.connect() as connection:
        kinds = ", ".join(f"{column} {kind}" for column, kind in COLUMNS.items())
        connection.execute(f"create table input ({kinds})")
        connection.executemany(f"insert into input values ({', '.join('?' * len(COLUMNS))})", rows)
        expected = connection.execute(bank.compiled(name)).fetchall()

    warehouse.execute(for_redshift[name])

    assert sorted(map(repr, map(tuple, warehouse.fetchall()))) == sorted(map(repr, expected))
    assert len(expected) == len(rows)


@pytest.mark.parametrize("name", ["probe__sums_native", "probe__distinct_native"])
def test_the_form_of_duckdb_is_refused_by_redshift(
    for_redshift: dict[str, str], warehouse: Any, name: str
) -> None:
    with pytest.raises(redshift_connector.ProgrammingError, match=r"ROWS only|DISTINCT"):
        warehouse.execute(for_redshift[name])
