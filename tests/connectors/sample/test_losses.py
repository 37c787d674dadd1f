"""What the bank loses in silence: fees that leak, in the files as the truth has them, and customers who leave."""

# ruff: noqa: E501  (a query's condition is read in one line)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .planted import PAYMENTS, planted, tripped

if TYPE_CHECKING:
    from .conftest import Bank

ROWS = "(select distinct on (transaction_id) * from transactions where transaction_id not in (select row_key from truth_bad_rows))"
DEBIT_RATE, CREDIT_RATE = "(0.21 + 0.0005 * {0}.amount)", "(0.10 + 0.0165 * {0}.amount)"
LEAKS = {
    "K01": f"""  -- a fee that was never charged, at a machine that charges others
        row.txn_type = 'cash_withdrawal' and lost = 3.00
        and not exists (select 1 from {ROWS} as fee where fee.original_transaction_id = row.transaction_id and fee.txn_type = 'fee')
        and row.merchant_id in (
            select charged.merchant_id from {ROWS} as charged inner join {ROWS} as fee on fee.original_transaction_id = charged.transaction_id
            where charged.txn_type = 'cash_withdrawal' and fee.txn_type = 'fee' and fee.fee_code = 'ATM'
        )
    """,
    "K02": """  -- less than the schedule says
        row.txn_type = 'fee' and lost > 0
        and lost = (select fee_amount from fee_schedule where fee_code = row.fee_code and product_code = 'checking') - row.amount
    """,
    "K03": """  -- waived without the balance that waives it
        row.txn_type = 'fee' and row.fee_code = 'MONTHLY' and row.fee_waived_flag = '1' and lost = row.amount and 1500 > (
            select avg(balance_eod) from balances_daily where balances_daily.account_id = row.account_id
            and date_trunc('month', balance_date) = date_trunc('month', row.posted_date) - interval 1 month
        )
    """,
    "K04": f"""  -- interchange at a lower rate, for a stripe that was read where a chip is
        row.txn_type = 'purchase' and row.mcc = '5311' and row.entry_mode = 'magstripe' and lost > 0
        and abs(row.interchange_amount - 0.6 * {DEBIT_RATE.format("row")}) < 0.0001
    """,
    "K09": f"""  -- interchange that was not given back with the refund
        row.txn_type = 'refund' and row.interchange_amount = 0 and lost > 0
        and abs(lost - case row.funding_type when 'credit' then {CREDIT_RATE.format("row")} else {DEBIT_RATE.format("row")} end) <= 0.01
    """,
}


@pytest.mark.parametrize("rule", LEAKS)
def test_a_fee_leaks_as_the_truth_says(bank: Bank, rule: str) -> None:
    found = tripped(
        bank,
        f"""
        select scenario_id from truth_scenario_transactions as truth
        inner join {ROWS} as row using (transaction_id)
        inner join (select scenario_id, amount as lost, rules, account_id from truth_scenarios where kind = 'fee_leak') as leak using (scenario_id)
        where truth.rule = '{rule}' and leak.rules = '{rule}' and row.account_id = leak.account_id and (
        {LEAKS[rule]}
        )
        """,
    )

    assert found == {name for name in planted(bank, "fee_leak") if name.startswith(f"fee_leak-{rule}-")}
    assert found


def test_nobody_else_pays_less_than_the_schedule_says(bank: Bank) -> None:
    """Of fees with one price: what is below it is in the truth."""
    below = tripped(
        bank,
        f"""
        select transaction_id from {ROWS} as row inner join fee_schedule using (fee_code)
        where row.txn_type = 'fee' and fee_schedule.product_code = 'checking' and row.amount < fee_schedule.fee_amount
        """,
    )

    assert below == tripped(bank, "select transaction_id from truth_scenario_transactions where rule = 'K02'")


def test_who_leaves_in_silence_stops(bank: Bank) -> None:
    after = bank.one(
        f"select count(*) from {PAYMENTS} as payment inner join truth_scenarios using (customer_id)"
        " where kind = 'churn_silent' and payment.event_ts > begins_at + interval 6 hours"
    )

    assert after == 0
    assert tripped(
        bank,
        f"select scenario_id from {PAYMENTS} as payment inner join truth_scenarios using (customer_id)"
        " where kind = 'churn_silent' and payment.event_ts < begins_at",
    ) == planted(bank, "churn_silent")


def test_who_leaves_for_good_buys_nothing_more_and_is_recorded_as_gone(bank: Bank) -> None:
    bought = bank.one(
        f"select count(*) from {PAYMENTS} as payment inner join truth_scenarios using (customer_id)"
        " where kind = 'churn_hard' and payment.event_ts > begins_at + interval 6 hours"
        " and txn_type not in ('transfer_in', 'transfer_out')"
    )
    gone = tripped(
        bank,
        "select scenario_id from customers inner join truth_scenarios using (customer_id) where kind = 'churn_hard'"
        " and relationship_end_date between begins_at::date and begins_at::date + 14",
    )

    assert bought == 0
    assert gone == planted(bank, "churn_hard")


def test_who_leaves_for_good_closes_every_account_within_days(bank: Bank) -> None:
    accounts, closed = bank.rows(
        """
        with latest as (
            select accounts.account_id, begins_at, opened_date, max(closed_date) as closed_date
            from accounts inner join truth_scenarios on primary_customer_id = truth_scenarios.customer_id
            where kind = 'churn_hard' group by all
        )
        select count(*), count(*) filter (closed_date between begins_at::date and greatest(begins_at::date + 7, opened_date))
        from latest
        """
    )[0]

    assert accounts == closed >= len(planted(bank, "churn_hard"))
