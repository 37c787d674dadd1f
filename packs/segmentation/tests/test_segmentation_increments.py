"""Increments against builds from nothing: months that end, late, corrected and emptied days, other codes."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.engines.duckdb import open_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

pytestmark = pytest.mark.slow

Row = dict[str, Any]
FIRST = date(2025, 3, 10)
RUNNING = date(2026, 1, 20)  # the newest day of the first load, in a month that goes on
RFM, FEATURES = "segmentation__rfm", "segmentation__customer_features"
COMPARED = (
    *(RFM, FEATURES, "segmentation__lifecycle", "int_segmentation__day_sums", "int_segmentation__login_sums"),
    *("int_segmentation__spend_group_sums", "int_segmentation__balance_sums"),
)
DAYS = {
    "day": """
        select customer_id, event_date_local as day, spend_amount as measure
        from segmentation.stg_segmentation__transactions
    """,
    "login": """
        select customer_id, event_date_local as day, 1 as measure
        from core.login_activity
        where outcome = 'success'
    """,
    "spend_group": """
        select customer_id, event_date_local as day,
            case when spend_group = 'groceries' then spend_amount end as measure
        from segmentation.stg_segmentation__transactions left join ref.mcc_codes using (mcc)
        where spend_amount <> 0 and mcc is not null
    """,
    "balance": """
        select account_id, balance_date as day, balance_eod as measure
        from core.balances_daily
    """,
}
COUNTED = {
    "day": ("customer_id", "spend_amount_90d", 90),
    "login": ("customer_id", "login_count_90d", 90),
    "spend_group": ("customer_id", "groceries_amount_365d", 365),
    "balance": ("account_id", "balance_90d", 90),
}
GROUPS = {"5411": "groceries", "5812": "restaurants", "9999": None}


def a_bank(new_bank: Any) -> Any:
    """A dozen customers of eleven months, one of whom has an account in euros."""
    chance = random.Random(3)  # noqa: S311  (rows for a test)
    bank = new_bank()
    span = (RUNNING - FIRST).days
    for number in range(12):
        name = f"c{number:02}"
        bank.holder(name, since=FIRST + timedelta(days=number * 5 - 30))
        bank.account(f"{name}-loan", of=name, product_type="mortgage")
        if number == 4:
            bank.account("euro", of=name, currency="EUR")
        for _ in range(40):
            day = FIRST + timedelta(days=chance.randrange(span))
            kind = chance.choice(["purchase", "refund", "payroll", "bill_payment"])
            direction = "C" if kind in {"refund", "payroll"} else "D"
            facts = {"txn_type": kind, "direction": direction, "mcc": chance.choice([*GROUPS])}
            bank.act(name, day, chance.randrange(1, 900), **facts)
            bank.log_in(name, day - timedelta(days=20))
            for account in (name, f"{name}-loan", *(["euro"] if number == 4 else [])):
                # before the first transaction and after the newest, too
                balance_day = FIRST + timedelta(days=chance.randrange(-20, span + 5))
                currency = "EUR" if account == "euro" else "USD"
                bank.balance(account, balance_day, chance.randrange(9000), currency)
    bank.act("c00", RUNNING)
    balances = {(row["account_id"], row["balance_date"]): row for row in bank.tables["balances_daily"]}
    bank.tables["balances_daily"] = list(balances.values())
    bank.tables["fx_rates"] = [rate(FIRST + timedelta(days=number), 1.1) for number in range(0, span, 5)]
    bank.tables["mcc_codes"] = [code(mcc, group) for mcc, group in GROUPS.items()]
    bank.tables["credit_scores"] = []
    return bank


def rate(day: date, value: float) -> Row:
    return {"rate_date": day, "from_currency": "EUR", "to_currency": "USD", "rate": value}


def code(mcc: str, group: str | None) -> Row:
    return {"mcc": mcc, "description": mcc, "spend_group": group}


def all_rows(project: ComposedProject) -> dict[str, list[Row]]:
    rows = {name: project.rows(f"segmentation.{name}") for name in COMPARED}
    return {name: sorted(given, key=repr) for name, given in rows.items()}


@pytest.fixture(scope="module")
def bank(new_bank: Any) -> Any:
    return a_bank(new_bank)


@pytest.fixture(scope="module")
def project(build: Callable[..., ComposedProject], bank: Any) -> ComposedProject:
    return build({name: rows for name, rows in bank.tables.items() if rows})


def later(row: Row, days: int) -> Row:
    return {**row, "event_ts": row["event_ts"] + timedelta(days=days)}


def on(rows: list[Row], day: date) -> list[Row]:
    return [row for row in rows if row["event_ts"].date() == day]


def wrong_sums(project: ComposedProject) -> dict[str, int]:
    """How many kept sums differ from those counted of the days themselves, or lack their snapshot."""
    found = {}
    for name, (key, measure, days) in COUNTED.items():
        (row,) = project.rows(
            f"""
            select count(*) as wrong
            from (
                select {key}, month_start, snapshot_date, {measure} as kept
                from segmentation.int_segmentation__{name}_sums
            ) as sums
            full join (
                select days.{key}, month_start, snapshot_date,
                    coalesce(sum(case when day > snapshot_date - {days} then measure end), 0) as counted
                from segmentation.int_segmentation__snapshots
                inner join ({DAYS[name]}) as days on day <= snapshot_date
                group by days.{key}, month_start, snapshot_date
            ) as direct
            using ({key}, month_start, snapshot_date)
            where kept is distinct from counted
            """
        )
        found[name] = row["wrong"]
    return found


RIGHT = dict.fromkeys(COUNTED, 0)


def test_months_end_days_come_late_are_corrected_and_emptied(project: ComposedProject, bank: Any) -> None:
    transactions, logins = bank.tables["transactions"], bank.tables["login_activity"]
    balances = bank.tables["balances_daily"]
    assert wrong_sums(project) == RIGHT
    first = all_rows(project)

    # Nothing happens in the rest of the month that was running, and yet its snapshot is its last day now.
    ahead = [
        {**later(row, 30), "transaction_id": f"ahead{row['transaction_id']}"}
        for row in on(transactions, RUNNING)
    ]
    project.run({"transactions": ahead})
    assert wrong_sums(project) == RIGHT
    assert max(row["snapshot_date"] for row in all_rows(project)[RFM]) == RUNNING + timedelta(days=30)

    old = next(row for row in transactions if row["event_ts"].date() < RUNNING - timedelta(days=40))
    emptied = on(transactions, transactions[70]["event_ts"].date())
    euro = next(row for row in balances if row["account_id"] == "euro")
    project.run(
        {
            "transactions": [{**old, "amount": 77777}, *(later(row, 2) for row in emptied)],
            "login_activity": [later(logins[9], -60), {**logins[33], "outcome": "failure"}],
            "balances_daily": [{**balances[11], "balance_eod": 123456}, {**euro, "balance_eod": 99}],
            "fx_rates": [rate(RUNNING - timedelta(days=50), 1.7)],
        }
    )
    assert wrong_sums(project) == RIGHT

    project.run({"transactions": [later(row, -40) for row in ahead]})  # the newest month loses all it had
    assert wrong_sums(project) == RIGHT
    changed = all_rows(project)
    assert changed == all_rows(project.rebuild())
    assert [name for name in COMPARED if changed[name] == first[name]] == []


def test_what_the_bank_says_otherwise_of_customers_accounts_and_codes_is_heard(
    project: ComposedProject, bank: Any
) -> None:
    customers, accounts = bank.tables["customers"], bank.tables["accounts"]
    before = all_rows(project)
    early = {
        **bank.tables["transactions"][0],
        "transaction_id": "early",
        "event_ts": datetime(2025, 1, 5, 12, tzinfo=UTC).replace(tzinfo=None),
    }
    project.run({"transactions": [early]})  # there are snapshots before the first one now
    assert wrong_sums(project) == RIGHT
    project.run(
        {
            "mcc_codes": [code("5812", "groceries"), code("9999", "travel")],
            "customers": [
                {**customers[1], "is_test": 1},
                {**customers[2], "onboarded_date": date(2025, 11, 3)},
                {**customers[3], "residency_country": "GB"},
            ],
            "accounts": [
                {**accounts[10], "currency": "EUR"},
                {**accounts[13], "closed_date": date(2025, 12, 3)},
            ],
        }
    )
    changed = all_rows(project)

    assert {row["restaurants_share_365d"] for row in changed[FEATURES]} <= {0, None}
    assert any(row["restaurants_share_365d"] for row in before[FEATURES])
    assert any(row["travel_share_365d"] for row in changed[FEATURES])
    assert not any(row["customer_id"] == "c01" for row in changed[FEATURES])
    assert wrong_sums(project) == RIGHT
    assert changed == all_rows(project.rebuild())


def test_only_the_months_from_a_change_on_are_built_again(project: ComposedProject, bank: Any) -> None:
    sums = "segmentation.int_segmentation__day_sums"
    marked = date(2025, 12, 1)
    project.close()
    with open_warehouse(project.composition.warehouse) as connection:
        connection.execute(f"update {sums} set spend_amount_30d = -1 where month_start <= ?", [marked])

    project.run({"transactions": [{**on(bank.tables["transactions"], RUNNING)[0], "amount": 5}]})

    amounts = {
        month: {row["spend_amount_30d"] for row in project.rows(sums) if row["month_start"] == month}
        for month in (marked, RUNNING.replace(day=1))
    }
    assert amounts[marked] == {-1}
    assert -1 not in amounts[RUNNING.replace(day=1)]
