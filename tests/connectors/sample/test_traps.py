"""What real files have and nobody wants is there, as often as the truth says."""

# ruff: noqa: E501  (a query's condition is read in one line)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Bank

GOOD = "transaction_id not in (select row_key from truth_bad_rows)"


def test_rows_that_are_there_twice_are_counted(bank: Bank) -> None:
    twice = bank.one(
        "select sum(copies - 1) from ("
        "select *, count(*) as copies from (select * exclude (filename) from transactions) group by all having count(*) > 1)"
    )

    assert twice == bank.expected["duplicate_rows"]["transactions"]


def test_some_rows_come_again_in_the_next_months_file(bank: Bank) -> None:
    in_two_files = bank.one(
        "select count(*) from (select transaction_id from transactions group by transaction_id, event_ts, amount"
        " having count(distinct filename) > 1)"
    )

    assert in_two_files == bank.expected["traps"]["repeated_in_next_file"] > 0


def test_late_rows_are_older_than_rows_that_came_before(bank: Bank) -> None:
    count, oldest, newest_known = bank.rows(
        "select count(*), min(event_ts), min(ingested_at) from transactions where filename like '%2026-07-late%'"
    )[0]

    assert count == bank.expected["late_rows"]["transactions"] > 0
    assert oldest < bank.one("select max(event_ts) from transactions where filename like '%2025-08.parquet'")
    assert newest_known > bank.one(
        "select max(event_ts) from transactions where filename like '%2026-06.parquet'"
    )


def test_corrections_are_newer_versions_of_a_key(bank: Bank) -> None:
    both = bank.rows(
        "select old.amount, new.amount from transactions as new inner join transactions as old using (transaction_id)"
        " where new.filename like '%corrections%' and old.filename not like '%corrections%' and new.ingested_at > old.ingested_at"
    )

    assert len(both) == bank.expected["corrections"]["transactions"] > 0
    assert all(old < new for old, new in both)


@pytest.mark.parametrize("kind", ["refund", "reversal", "chargeback", "representment", "fee_reversal"])
def test_what_takes_a_payment_back_names_the_payment(bank: Bank, kind: str) -> None:
    written, orphans = bank.rows(
        f"select count(distinct later.transaction_id), count(*) filter (where first.transaction_id is null) from transactions as later"
        f" left join (select distinct transaction_id from transactions) as first on later.original_transaction_id = first.transaction_id"
        f" where later.txn_type = '{kind}'"
    )[0]

    assert written == bank.expected["traps"][kind] > 0
    assert orphans == 0


def test_the_clock_change_lies_on_both_sides(bank: Bank) -> None:
    hours = bank.rows(
        "select distinct date_trunc('hour', event_ts)::varchar from transactions inner join truth_traps"
        " on row_key = transaction_id where trap = 'clock_change' order by all"
    )

    assert [hour[0][:13] for hour in hours] == [
        "2025-11-02 05", "2025-11-02 06", "2026-03-08 06", "2026-03-08 07",
    ]  # fmt: skip


def test_two_payments_share_account_and_second(bank: Bank) -> None:
    tied = bank.one(
        "select count(*) from transactions inner join truth_traps on row_key = transaction_id"
        " where trap = 'same_second' and exists (select 1 from transactions as other where other.account_id = transactions.account_id"
        " and other.event_ts = transactions.event_ts and other.transaction_id <> transactions.transaction_id)"
    )

    assert tied == bank.expected["traps"]["same_second"] > 0


def test_foreign_money_has_days_without_a_rate(bank: Bank) -> None:
    without = bank.one(
        "select count(distinct transaction_id) from transactions left join (select from_currency, rate_date + back::integer as day"
        " from fx_rates, range(8) as days(back)) as told on currency = from_currency and day = posted_date"
        f" where currency <> 'USD' and from_currency is null and filename not like '%late%' and {GOOD}"
        " and account_id not in (select account_id from accounts where currency <> 'USD')"
    )
    late = bank.one(
        "select count(*) from truth_traps where trap = 'no_exchange_rate'"
        " and row_key in (select transaction_id from transactions where filename like '%late%')"
    )

    assert without + late == bank.expected["traps"]["no_exchange_rate"] > 0


def test_unknown_users_have_no_customer(bank: Bank) -> None:
    unknown = bank.one("select count(distinct login_id) from login_activity where customer_id is null")

    assert unknown == bank.expected["traps"]["unknown_user"] > 0


@pytest.mark.parametrize("column", ["card_token", "device_id"])
def test_payments_without_a_card_or_device_share_none(bank: Bank, column: str) -> None:
    customers, without = bank.rows(
        f"select max(customers), (select count(*) from transactions where {column} is null) from ("
        f"select count(distinct customer_id) as customers from transactions where {column} is not null and {GOOD} group by {column})"
    )[0]

    assert customers <= 2, "a joint account has two holders"
    assert without > 0


def test_a_payment_at_a_merchant_has_no_payee(bank: Bank) -> None:
    assert bank.one(f"select count(*) from transactions where merchant_id is not null and {GOOD}") > 0
    assert (
        bank.one(
            "select count(*) from transactions where merchant_id is not null and counterparty_account_hash is not null"
            f" and {GOOD}"
        )
        == 0
    )


def test_test_customers_employees_and_the_banks_own_accounts_are_marked(bank: Bank) -> None:
    assert bank.one("select count(*) from customers where is_test = 1") >= 2
    assert bank.one("select count(*) from customers where employee_flag = 1") >= 8
    assert bank.one("select count(*) from accounts where is_internal = 1 and account_id not like '%~%'") == 3
    assert bank.expected["traps"]["internal_account"] > 0
    assert bank.expected["traps"]["test_account"] > 0


def test_both_holders_of_a_joint_account_use_it(bank: Bank) -> None:
    joint = bank.one(
        "select count(distinct transaction_id) from transactions inner join account_holders using (account_id, customer_id)"
        f" where role = 'joint' and {GOOD}"
    )

    assert joint == bank.expected["traps"]["joint_holder"] > 0


def test_a_representment_takes_back_what_a_chargeback_took(bank: Bank) -> None:
    represented, answered = bank.rows(
        f"""
        with versions as (select distinct on (transaction_id) * from transactions where {GOOD})
        select count(distinct later.transaction_id),
            count(distinct later.transaction_id) filter (first.event_ts < later.event_ts and first.direction = 'C' and later.direction = 'D')
        from versions as later
        left join versions as first on first.original_transaction_id = later.original_transaction_id
            and first.txn_type = 'chargeback' and first.account_id = later.account_id and first.amount = later.amount
        where later.txn_type = 'representment'
        """
    )[0]

    assert represented == answered > 0


def test_closed_accounts_are_emptied_and_stay_silent(bank: Bank) -> None:
    closed = {
        (account, day, 0)
        for account, day in bank.rows(
            "select account_id, closed_date from accounts where status = 'closed' and product_type in ('checking', 'savings')"
        )
    }
    last = bank.rows(
        "select account_id, max(balance_date), arg_max(balance_eod, balance_date) from balances_daily"
        " where account_id in (select account_id from accounts where status = 'closed' and product_type in ('checking', 'savings'))"
        " group by account_id"
    )
    before, after = bank.rows(
        "select count(*) filter (event_ts < closed_date), count(*) filter (event_ts >= closed_date + interval 30 hours)"
        f" from transactions inner join accounts using (account_id) where accounts.status = 'closed' and {GOOD}"
    )[0]  # a day ends at four or five in the morning, UTC

    assert set(last) == closed
    assert len(closed) > 1
    assert before > 0 == after


def test_balances_are_what_the_payments_make_of_them(bank: Bank) -> None:
    """Of accounts in base money: each day's change is the sum of what was booked on it."""
    wrong = bank.one(
        f"""
        with versions as (
            select *, row_number() over (partition by transaction_id order by ingested_at desc) as version
            from transactions where {GOOD}
        ),
        booked as (
            select account_id, posted_date as balance_date, sum(case when direction = 'C' then amount else -amount end) as moved
            from versions
            where version = 1 and status in ('posted', 'reversed') and coalesce(fee_waived_flag, '0') = '0'
            group by all
        ),
        plain as (
            select distinct account_id from accounts where product_type in ('checking', 'savings') and currency = 'USD' and is_internal = 0
            and account_id not in (select account_id from transactions where currency <> 'USD' and account_id is not null)
        ),
        days as (
            select account_id, balance_date, balance_eod - lag(balance_eod) over (partition by account_id order by balance_date) as changed
            from balances_daily inner join plain using (account_id)
        )
        select count(*) from days left join booked using (account_id, balance_date)
        where changed is not null and changed <> coalesce(moved, 0)
        """
    )

    assert wrong == 0


@pytest.mark.parametrize(
    ("table", "column", "other"),
    [
        ("transactions", "account_id", "accounts"),
        ("accounts", "primary_customer_id", "customers"),
        ("login_activity", "customer_id", "customers"),
        ("cards", "account_id", "accounts"),
        ("fraud_labels", "transaction_id", "transactions"),
        ("loan_payments", "transaction_id", "transactions"),
        ("account_holders", "customer_id", "customers"),
    ],
)
def test_references_hold(bank: Bank, table: str, column: str, other: str) -> None:
    key = "customer_id" if column == "primary_customer_id" else column
    orphans = bank.one(
        f"select count(*) from {table} where {column} is not null and {column} not in (select {key} from {other} where {key} is not null)"
    )

    assert orphans == 0
