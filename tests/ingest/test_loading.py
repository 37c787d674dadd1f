"""Loading: the same rows whatever their format, where they come from, and all of a file or nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from fintech_accelerator.engines.duckdb import open_warehouse
from fintech_accelerator.errors import EnvironmentFailure
from fintech_accelerator.ingest import load, loaded_units

if TYPE_CHECKING:
    from conftest import Bank


def _at(*parts: int) -> datetime:
    """A time as the warehouse keeps it: UTC, without saying so."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


ROWS = [
    {"login_id": "l1", "customer_id": "c1", "event_ts": "2025-06-01 10:00:00", "outcome": "success"},
    {"login_id": "l2", "customer_id": "c2", "event_ts": "2025-06-01T12:30:00+02:00", "outcome": "success"},
    {"login_id": "l3", "customer_id": "c,3", "event_ts": "2025-06-02 00:00:00Z", "outcome": "success"},
]
LOADED = [
    ("l1", "c1", _at(2025, 6, 1, 10), "success"),
    ("l2", "c2", _at(2025, 6, 1, 10, 30), "success"),
    ("l3", "c,3", _at(2025, 6, 2), "success"),
]
READ = "select login_id, customer_id, event_ts, outcome from raw_data.login_activity order by all"


def _csv(delimiter: str = ",", quote: str = '"', end: str = "\n") -> str:
    rows = (delimiter.join(f"{quote}{value}{quote}" for value in row.values()) for row in ROWS)
    lines = [delimiter.join(ROWS[0]), *rows]
    return end.join(lines) + end


def _json_lines() -> str:
    return "".join(json.dumps(row) + "\n" for row in ROWS)


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.csv", _csv(), None),
        ("a.csv", _csv(end="\r\n"), None),
        ("a.csv", "\ufeff" + _csv(), None),
        ("a.csv.gz", _csv(), None),
        ("a.tsv", _csv("\t"), None),
        ("a.asc", _csv(";"), {"delimiter": ";"}),
        ("a.txt.gz", _csv("|", "'"), {"delimiter": "|", "quote": "'"}),
        ("a.dat", _csv("||"), {"delimiter": "||"}),
        ("a.csv", _csv().encode("utf-16"), {"encoding": "utf-16"}),
        ("a.jsonl", _json_lines(), None),
        ("a.ndjson.gz", _json_lines(), None),
        ("a.json", json.dumps(ROWS, indent=1), None),
        ("a.export", _csv(), {"type": "csv"}),
    ],
)
def test_every_format_gives_the_same_rows(
    bank: Bank, name: str, content: str | bytes, form: dict | None
) -> None:
    bank.source("login_activity", f"in/{name}", form=form).write(f"in/{name}", content)

    result = bank.load()

    assert result.refused == ()
    assert bank.rows(READ) == LOADED


def test_parquet_keeps_its_own_types(bank: Bank) -> None:
    bank.source("login_activity", "in/*.parquet").parquet(
        "in/a.parquet",
        "select 'l1' as LOGIN_ID, 7 as customer_id, timestamptz '2025-06-01 12:00:00+02' as event_ts,"
        " 'success' as outcome, 12.5::double as session_seconds",
    )

    result = bank.load()

    assert [(each.column_name, each.rule) for each in bank.quarantined()] == [("session_seconds", "type")]
    assert result.rows_quarantined == 1
    bank.parquet(
        "in/b.parquet",
        "select 'l1' as LOGIN_ID, 7 as customer_id, timestamptz '2025-06-01 12:00:00+02' as event_ts,"
        " 'success' as outcome, 12.0::double as session_seconds",
    )
    bank.load()
    assert bank.rows(
        "select login_id, customer_id, event_ts, session_seconds from raw_data.login_activity"
    ) == [("l1", "7", _at(2025, 6, 1, 10), 12)]


def test_a_query_over_several_files_is_one_unit(bank: Bank) -> None:
    bank.write("in/account.csv", "account_id,kind\n1,checking\n2,savings\n3,checking\n")
    bank.write("in/disp.csv", "account_id,client_id,type\n1,c1,OWNER\n1,c2,USER\n2,c3,OWNER\n")
    bank.source(
        "accounts",
        {"account": "in/account.csv", "disp": "in/disp.csv"},
        {
            "currency": "'CZK'",
            "account_id": "account_id",
            "primary_customer_id": "client",
            "product_type": "kind",
        },
        query="select a.account_id, d.client_id as client, a.kind from account a"
        " join disp d on d.account_id = a.account_id and d.type = 'OWNER' order by 1;",
    )

    result = bank.load()

    assert [unit.file_names for unit in result.units] == [("in/account.csv", "in/disp.csv")]
    assert bank.rows(
        "select account_id, primary_customer_id, currency from raw_data.accounts order by 1"
    ) == [
        ("1", "c1", "CZK"),
        ("2", "c3", "CZK"),
    ]
    assert bank.load().units_known == 1
    bank.write("in/disp.csv", "account_id,client_id,type\n1,c1,OWNER\n2,c9,OWNER\n")
    changed = bank.load()
    assert (changed.rows_loaded, changed.rows_duplicate) == (1, 1)


def test_a_query_without_columns_takes_its_names(bank: Bank) -> None:
    bank.write("in/t.csv", "id,who,at\nl1,c1,2025-06-01\nl2,c1,2025-06-02\n")
    bank.source(
        "login_activity",
        {"t": "in/t.csv"},
        query="select id as login_id, who as customer_id, \"at\" as event_ts from t where id <> 'l2'",
    )

    assert bank.load().rows_in == 1
    assert bank.rows("select login_id, customer_id from raw_data.login_activity") == [("l1", "c1")]


def test_when_the_bank_knew_is_the_event_on_the_first_load_and_the_load_afterwards(bank: Bank) -> None:
    bank.source("login_activity", "in/*.csv")
    bank.logins("in/a.csv", "l1,c1,2025-06-01 10:00:00,success", "future,c1,2030-01-01,success")
    bank.load()
    bank.logins("in/b.csv", "l2,c1,2025-06-01 10:00:00,success")
    bank.load()

    assert bank.rows("select login_id, ingested_at, _loaded_at from raw_data.login_activity order by 1") == [
        ("future", _at(2026, 1, 2, 6), _at(2026, 1, 2, 6)),
        ("l1", _at(2025, 6, 1, 10), _at(2026, 1, 2, 6)),
        ("l2", _at(2026, 1, 3, 6), _at(2026, 1, 3, 6)),
    ]


def test_when_the_bank_knew_is_the_mapped_column_where_there_is_one(bank: Bank) -> None:
    bank.source("login_activity", "in/a.csv")
    bank.write("in/a.csv", "login_id,customer_id,event_ts,ingested_at\nl1,c1,2025-06-01,2025-06-03\n")

    bank.load()

    assert bank.one("select ingested_at from raw_data.login_activity") == _at(2025, 6, 3)


def test_rows_say_where_they_come_from(bank: Bank) -> None:
    bank.source("login_activity", "in/*.csv").source("customers", "customers.csv")
    bank.write("customers.csv", "customer_id\nc1\n")
    bank.logins("in/a.csv", "l1,c1,2025-06-01,success", "l2,c1,2025-06-01,success")
    bank.logins("in/b.csv", "l3,c1,2025-06-01,success")

    units = bank.load().units

    assert [(unit.table_name, unit.source_name, unit.load_order) for unit in units] == [
        ("login_activity", "login_activity[0]", 1),
        ("login_activity", "login_activity[0]", 2),
        ("customers", "customers[0]", 3),
    ]
    facts = "login_id, _batch_id, _load_order, _row_number, _file_id"
    rows = f"select {facts} from raw_data.login_activity order by all"
    assert bank.rows(rows) == [
        ("l1", 1, 1, 1, units[0].unit_id),
        ("l2", 1, 1, 2, units[0].unit_id),
        ("l3", 1, 2, 1, units[1].unit_id),
    ]


def test_two_sources_of_one_table_both_load(bank: Bank) -> None:
    bank.source("customers", "a.csv").source("customers", "b.csv", {"customer_id": "'b' || no"})
    bank.write("a.csv", "customer_id\n1\n")
    bank.write("b.csv", "no\n1\n")

    bank.load()

    assert bank.rows("select customer_id from raw_data.customers order by 1") == [("1",), ("b1",)]


def test_a_unit_whose_line_cannot_be_written_leaves_no_rows(bank: Bank) -> None:
    bank.source("login_activity", "in/*.csv").logins("in/a.csv", "l1,c1,2025-06-01,success")
    bank.load()
    bank.logins("in/b.csv", "l2,c2,2025-06-01,success")
    landed, warehouse = bank.land(), bank.settings.workspace.state / "warehouse.duckdb"
    with open_warehouse(warehouse) as connection:
        connection.execute("create unique index one_line on ops.loaded_units (table_name)")

    with pytest.raises(EnvironmentFailure, match="loading"):
        bank.load(landed)

    with open_warehouse(warehouse) as connection:
        connection.execute("drop index ops.one_line")
    assert bank.rows("select login_id from raw_data.login_activity") == [("l1",)]
    assert bank.one("select count(*) from ops.loaded_units") == 1
    assert bank.load(landed).rows_loaded == 1


def test_a_column_that_the_contract_gains_is_added_to_the_raw_table(bank: Bank) -> None:
    bank.source("login_activity", "in/a.csv").logins("in/a.csv", "l1,c1,2025-06-01,success")
    bank.load()
    with open_warehouse(bank.settings.workspace.state / "warehouse.duckdb") as connection:
        connection.execute("alter table raw_data.login_activity drop column asn")

    bank.logins("in/a.csv", "l2,c1,2025-06-01,success")
    bank.load()

    assert bank.rows("select login_id, asn from raw_data.login_activity order by 1") == [
        ("l1", None),
        ("l2", None),
    ]


def test_the_number_of_the_batch_can_be_given(bank: Bank) -> None:
    bank.source("login_activity", "in/a.csv").logins("in/a.csv", "l1,c1,2025-06-01,success")
    settings = bank.settings
    at = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with open_warehouse(settings.workspace.state / "warehouse.duckdb") as connection:
        load(connection, settings, bank.contract, bank.land(), batch_id=7, loaded_at=at)
        units = loaded_units(connection)

    assert [(unit.batch_id, unit.loaded_at) for unit in units] == [(7, at)]
    assert bank.next_batch() == 8


def test_amounts_keep_their_cents(bank: Bank) -> None:
    bank.source(
        "transactions",
        "in/a.csv",
        {
            "transaction_id": "id",
            "account_id": "'a1'",
            "event_ts": "'2025-01-01'",
            "amount": "abs(cast(amount as decimal(18,2)))",
            "direction": "case when amount like '-%' then 'D' else 'C' end",
            "currency": "'EUR'",
        },
    )
    bank.write("in/a.csv", "id,amount\n1,-0.10\n2,9999999999999999.99\n3,12\n")

    assert bank.load().rows_loaded == 3
    assert bank.rows("select amount, direction from raw_data.transactions order by transaction_id") == [
        (Decimal("0.10"), "D"),
        (Decimal("9999999999999999.99"), "C"),
        (Decimal("12.00"), "C"),
    ]
