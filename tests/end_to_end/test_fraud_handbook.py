"""The fraud handbook's example, run to published marts that equal the handbook's own feature table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
from tests.end_to_end.examples import DATA, needs, run_example

from fintech_accelerator import open_publications

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.end_to_end.examples import Example

PUBLISHED = f"'{DATA}/fraud_handbook/transformed_window_*.parquet'"
PUBLISHED_ROWS = 201_295
TERMINAL = {
    **{
        f"TERMINAL_ID_NB_TX_{days}DAY_WINDOW": f"merchant_delayed_transaction_count_{days}d"
        for days in (1, 7, 30)
    },
    **{f"TERMINAL_ID_RISK_{days}DAY_WINDOW": f"merchant_risk_{days}d" for days in (1, 7, 30)},
    "TX_DURING_WEEKEND": "is_weekend",
    "TX_DURING_NIGHT": "is_night",
}
CUSTOMER = {
    **{f"CUSTOMER_ID_NB_TX_{days}DAY_WINDOW": f"customer_transaction_count_{days}d" for days in (1, 7, 30)},
    **{f"CUSTOMER_ID_AVG_AMOUNT_{days}DAY_WINDOW": f"customer_amount_mean_{days}d" for days in (1, 7, 30)},
}

pytestmark = needs("fraud_handbook")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return run_example("fraud_handbook", tmp_path_factory.mktemp("handbook"), ["fraud"])


@pytest.fixture(scope="module")
def connection(example: Example) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published features of the handbook's three weeks, as `features`."""
    with open_publications(example.publications) as published:
        features = published.sql(
            "select * from fraud.fraud__transaction_features"
            " where event_date_local between date '2018-07-25' and date '2018-08-14'"
        ).to_arrow_table()
    with duckdb.connect() as opened:
        opened.register("features", features)
        yield opened


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def differing(
    connection: duckdb.DuckDBPyConnection, published: str, ours: str, *, among: str = "true"
) -> int:
    """How many published rows, `among` those of a condition, have another value here, or none."""
    return count(
        connection,
        f"select count(*) from {PUBLISHED} as published"
        " left join features on features.transaction_id = cast(published.TRANSACTION_ID as varchar)"
        f" where (features.{ours} is null or abs(published.{published} - features.{ours}) > 0.000001)"
        f" and ({among})",
    )


def test_the_run_is_published_and_every_file_balances(example: Example) -> None:
    report = example.report

    assert (report.exit_code, [(pack.pack, pack.status) for pack in report.packs]) == (
        0,
        [("fraud", "published")],
    )
    assert {file.table: (file.rows_in, file.loaded) for file in report.files} == {
        "customers": (5_000, 5_000),
        "accounts": (5_000, 5_000),
        "transactions": (1_303_778, 1_303_778),
        "fraud_labels": (10_659, 10_659),
    }
    assert "no_login" in report.packs[0].capability_flags


def test_what_the_data_do_not_have_is_unknown_and_never_zero(example: Example) -> None:
    with open_publications(example.publications) as published:
        assert count(published, "select count(*) from fraud.fraud__login_features") == 0
        unknown = published.execute(
            "select count(card_transaction_count_1h), count(is_first_country), count(is_cross_border),"
            " count(device_transaction_count_24h) from fraud.fraud__transaction_features"
        ).fetchall()
        flags = published.execute(
            "select distinct capability_flags from fraud.fraud__transaction_features"
        ).fetchall()

    assert unknown == [(0, 0, 0, 0)]
    assert all("no_transactions_card_token" in text for (text,) in flags)


@pytest.mark.parametrize(("published", "ours"), TERMINAL.items())
def test_a_terminal_or_time_feature_is_the_published_one_on_every_row(
    published: str, ours: str, connection: duckdb.DuckDBPyConnection
) -> None:
    assert count(connection, f"select count(*) from {PUBLISHED}") == PUBLISHED_ROWS
    assert differing(connection, published, ours) == 0


@pytest.mark.parametrize(("published", "ours"), CUSTOMER.items())
def test_a_customer_feature_differs_only_where_two_payments_share_a_second(
    published: str, ours: str, connection: duckdb.DuckDBPyConnection
) -> None:
    elsewhere = """
        (features.account_id, features.event_ts) not in (
            select (account_id, event_ts) from features group by account_id, event_ts having count(*) > 1
        )
    """

    assert differing(connection, published, ours) > 0  # such payments there are
    assert differing(connection, published, ours, among=elsewhere) == 0
