"""The files: the same bytes for a seed, in the contract's types, with the bad rows that the truth names."""

# ruff: noqa: E501  (a query's condition is read in one line)

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import duckdb
import pytest

from fintech_accelerator.contract import Requirement, load_contract

from .conftest import make_bank

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.contract import Column

    from .conftest import Bank

LOADABLE = {table.name: table for table in load_contract().loadable_tables()}
BROUGHT = [
    "account_holders",
    "accounts",
    "alerts_cases",
    "balances_daily",
    "campaigns",
    "cards",
    "contacts_complaints",
    "cost_to_serve",
    "credit_scores",
    "customers",
    "customers_pii",
    "digital_events",
    "fee_schedule",
    "fraud_labels",
    "ftp_curve",
    "fx_rates",
    "gl_balances",
    "loan_payments",
    "login_activity",
    "rate_index",
    "rate_tiers",
    "shared_ip_prefixes",
    "transactions",
]


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_size_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    make_bank(tmp_path / "one", customers=60, days=70, seed=3)
    make_bank(tmp_path / "two", customers=60, days=70, seed=3)

    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_another_seed_gives_other_people_and_payments(tmp_path: Path) -> None:
    make_bank(tmp_path / "one", customers=60, days=40, seed=3)
    make_bank(tmp_path / "two", customers=60, days=40, seed=4)

    one, two = digests(tmp_path / "one"), digests(tmp_path / "two")
    assert one.keys() == two.keys()
    for name in ("accounts", "customers_pii", "transactions/2026-06", "login_activity/2026-06", "fx_rates"):
        assert one[f"{name}.parquet"] != two[f"{name}.parquet"]


@pytest.mark.parametrize("size", [(1, 1), (2, 45), (12, 200)])
def test_a_tiny_bank_is_a_bank(tmp_path: Path, size: tuple[int, int]) -> None:
    files = make_bank(tmp_path, customers=size[0], days=size[1], seed=1)

    assert files.rows["customers_pii"] == size[0]


def test_csv_holds_the_same_rows_as_parquet(tmp_path: Path) -> None:
    parquet = make_bank(tmp_path / "parquet", customers=40, days=35, seed=5)
    csv = make_bank(tmp_path / "csv", as_csv=True, customers=40, days=35, seed=5)

    assert csv.rows == parquet.rows
    with duckdb.connect() as connection:
        both = [
            connection.execute(
                f"select count(*), count(distinct transaction_id), sum(amount::decimal(18, 2)) from '{folder}/transactions/*.{ending}'"
            ).fetchone()
            for folder, ending in ((tmp_path / "parquet", "parquet"), (tmp_path / "csv", "csv"))
        ]
    assert both[0] == both[1]


def test_every_table_that_a_bank_would_bring_is_there(bank: Bank) -> None:
    assert sorted(bank.files.globs) == BROUGHT
    empty = [table for table in BROUGHT if bank.one(f"select count(*) from {table}") == 0]
    assert empty == []


@pytest.mark.parametrize("table", BROUGHT)
def test_rows_break_the_contract_only_where_they_are_meant_to(bank: Bank, table: str) -> None:
    found = [row[0] for row in bank.rows(f"select column_name from (describe {table})")]
    columns = {name: LOADABLE[table].column(name) for name in found if name != "filename"}
    assert not [name for name, column in columns.items() if column.derived]

    checks = {name: broken(column) for name, column in columns.items()}
    selected = ", ".join(f"{check} as {name}" for name, check in checks.items())
    counts: dict[str, int] = {}
    for name in columns:
        query = f"select {name}, count(*) from (select {selected} from {table}) where {name} is not null group by all"
        for rule, count in bank.rows(query):
            counts[rule] = counts.get(rule, 0) + count

    assert counts == bank.expected["bad_rows"].get(table, {})
    assert bank.one(f"select count(*) from {table}") == bank.expected["rows_written"][table]


def broken(column: Column) -> str:
    """The first rule of a column that a value breaks, in SQL; NULL for a good one."""
    name = column.name
    typed = f"try_cast({name} as {column.type})"
    cases = []
    if column.requirement is not Requirement.NO or column.key_position is not None:
        cases.append(f"when {name} is null then 'required'")
    cases.append(f"when {name} is not null and {typed} is null then 'type'")
    if column.type.startswith("varchar"):
        length = column.type.removeprefix("varchar(").removesuffix(")")
        cases.append(f"when length({name}) > {length} then 'length'")
    if column.enum:
        allowed = ", ".join(f"'{value}'" for value in column.enum)
        cases.append(f"when cast({typed} as varchar) not in ({allowed}) then 'enum'")
    if column.minimum is not None:
        cases.append(f"when {typed} < {column.minimum} then 'minimum'")
    if column.maximum is not None:
        cases.append(f"when {typed} > {column.maximum} then 'maximum'")
    if column.pattern:
        cases.append(f"when not regexp_matches({name}, '{column.pattern}') then 'pattern'")
    return f"case {' '.join(cases)} end"
