"""What the core keeps in Redshift is prepared once, and follows the contract when it gains a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.redshift.sessions import connecting

from fintech_accelerator.contract import load_contract
from fintech_accelerator.contract.ddl import raw_columns
from fintech_accelerator.contract.schemas import RAW_SCHEMA
from fintech_accelerator.engines.redshift.tables import (
    OPERATIONS,
    columns_of,
    is_prepared,
    prepare_operations,
    prepare_tables,
)

if TYPE_CHECKING:
    from fintech_accelerator.testing.standin import Database


def test_a_table_and_a_column_that_the_contract_gained_are_made_and_rows_stay(
    redshift_database: Database,
) -> None:
    contract = load_contract()
    with connecting(redshift_database)() as connection:
        assert not is_prepared(connection)
        prepare_operations(connection)
        assert not is_prepared(connection)  # to hold the lease is no run yet
        identity = prepare_tables(connection, contract)
        connection.execute(f"insert into {RAW_SCHEMA}.cards (card_token) values ('c1')")
        connection.execute(f"alter table {RAW_SCHEMA}.cards drop column account_id")
        connection.execute(f"drop table {RAW_SCHEMA}.fx_rates")
        connection.execute("drop table ops.publications")

        prepare_operations(connection)
        again = prepare_tables(connection, contract)

        assert is_prepared(connection)
        assert again == identity
        assert {*OPERATIONS} == {*columns_of(connection, "ops")}
        standing = columns_of(connection, RAW_SCHEMA)
        for table in contract.loadable_tables():
            assert set(standing[table.name]) == {name for name, _ in raw_columns(table)}
        assert connection.rows(f"select card_token, account_id from {RAW_SCHEMA}.cards") == [("c1", None)]


def test_a_schema_that_stands_empty_is_filled(redshift_database: Database) -> None:
    contract = load_contract()
    with connecting(redshift_database)() as connection:
        for schema in ("ops", RAW_SCHEMA):  # as a bank's administrator may have made them
            connection.execute(f"create schema {schema}")
        prepare_operations(connection)
        assert prepare_tables(connection, contract)
        assert is_prepared(connection)
