"""The fraud pack's windows against the feature table that the Fraud Detection Handbook publishes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.testing import composed_project

if TYPE_CHECKING:
    from fintech_accelerator.testing import ComposedProject

BESIDE_THE_REPOSITORY = Path(__file__).parents[3] / "shared" / "data"
HANDBOOK = Path(os.environ.get("FINTECH_DATA") or BESIDE_THE_REPOSITORY) / "fraud_handbook"
PAYMENTS = f"'{HANDBOOK}/transactions_*.parquet'"
PUBLISHED = f"'{HANDBOOK}/transformed_window_*.parquet'"
PUBLISHED_ROWS = 201_295
RAW = {
    "customers": "select distinct CUSTOMER_ID as customer_id from {payments}",
    "accounts": "select distinct CUSTOMER_ID as account_id, CUSTOMER_ID as primary_customer_id,"
    " 'credit_card' as product_type, 'EUR' as currency from {payments}",
    "transactions": "select TRANSACTION_ID as transaction_id, CUSTOMER_ID as account_id,"
    " CUSTOMER_ID as customer_id, TX_DATETIME as event_ts, TX_AMOUNT as amount, 'D' as direction,"
    " 'EUR' as currency, 'purchase' as txn_type, 'posted' as status, 'pos' as channel,"
    " TERMINAL_ID as merchant_id from {payments}",
    "fraud_labels": "select TRANSACTION_ID as label_id, TRANSACTION_ID as transaction_id,"
    " 'fraud_confirmed' as label, TX_DATETIME + interval 7 day as label_known_at"
    " from {payments} where TX_FRAUD = 1",
}
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

pytestmark = pytest.mark.skipif(
    not HANDBOOK.is_dir(),
    reason=f"no data in {HANDBOOK}: set FINTECH_DATA to the folder that holds fraud_handbook/",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> ComposedProject:
    """An empty bank, to which the handbook's payments come as its second batch."""
    folder = tmp_path_factory.mktemp("handbook")
    columns = {
        "customers": ["customer_id"],
        "accounts": ["account_id", "primary_customer_id", "product_type", "currency"],
        "transactions": [
            *("transaction_id", "account_id", "customer_id", "event_ts", "amount", "direction", "currency"),
            *("txn_type", "status", "channel", "merchant_id"),
        ],
        "fraud_labels": ["label_id", "transaction_id", "label", "label_known_at"],
    }
    bank = composed_project(folder, ["fraud"], {}, base_currency="EUR", time_zone="UTC", mapped=columns)
    bank.close()
    with open_warehouse(bank.composition.warehouse) as connection:
        for order, (table, query) in enumerate(RAW.items(), 1):
            rows = query.format(payments=PAYMENTS)
            connection.execute(
                f"insert into raw_data.{table} by name select *, 2 as _batch_id, 'file' as _file_id,"
                " row_number() over () as _row_number, timestamp '2018-09-01' as _loaded_at,"
                f" {order} as _load_order from ({rows})"
            )
    return bank.run()


def differing(project: ComposedProject, published: str, ours: str) -> int:
    """How many published rows have another value here, or none."""
    (row,) = project.rows(
        f"select count(*) as n from {PUBLISHED} as published"
        " left join fraud.fraud__transaction_features as features"
        " on features.transaction_id = cast(published.TRANSACTION_ID as varchar)"
        f" where features.{ours} is null or abs(published.{published} - features.{ours}) > 0.000001"
    )
    return int(row["n"])


@pytest.mark.parametrize(("published", "ours"), TERMINAL.items())
def test_a_terminal_or_time_feature_is_the_published_one_on_every_row(
    published: str, ours: str, project: ComposedProject
) -> None:
    assert project.rows(f"select count(*) as n from {PUBLISHED} as published") == [{"n": PUBLISHED_ROWS}]
    assert differing(project, published, ours) == 0


@pytest.mark.parametrize(("published", "ours"), CUSTOMER.items())
def test_a_customer_feature_differs_only_where_two_payments_share_a_second(
    published: str, ours: str, project: ComposedProject
) -> None:
    (ties,) = project.rows(
        "select count(*) as n from (select account_id, event_ts from fraud.fraud__transaction_features"
        " where event_date_local between '2018-07-25' and '2018-08-14' group by account_id, event_ts"
        " having count(*) > 1)"
    )

    assert 0 < differing(project, published, ours) <= ties["n"]
