{{ config(materialized='view') }}

{#-
    Posted transactions of real customers: which are an act of the customer's own, and which ran without the customer.
    One row per transaction.
-#}
with

transactions as (

    select
        transaction_id,
        account_id,
        customer_id,
        event_date_local,
        coalesce(channel, 'unknown') as channel,
        direction,
        txn_type,
        customer_initiated_flag,
        amount,
        amount_base,
        counterparty_account_hash,
        source_batch_id
    from {{ ref('core', 'transactions') }}
    where
        is_excluded = 0
        and customer_id is not null
        and (status is null or status = 'posted')
        and coalesce(txn_type, 'unknown') not in (
            'reversal', 'adjustment', 'fee_reversal', 'chargeback', 'representment'
        )

),

{# A bank that takes a posting back by a second one leaves the first as it was. #}
reversals as (

    select
        original_transaction_id,
        event_date_local as reversed_date,
        amount as reversed_amount,
        1 as is_reversed
    from {{ ref('core', 'transactions') }}
    where
        txn_type = 'reversal'
        and (status is null or status = 'posted')
        and original_transaction_id is not null

),

standing as (

    select transactions.*
    from transactions
    left join reversals
        on transactions.transaction_id = reversals.original_transaction_id
        and transactions.amount <= reversals.reversed_amount
        and transactions.event_date_local <= reversals.reversed_date
        and reversals.reversed_date <= {{ core.add_days('transactions.event_date_local', 30) }}
    {# Not `is null`: DuckDB 2.0 then loses rows of a sum above a threshold when no reversal is there. #}
    where coalesce(reversals.is_reversed, 0) = 0

),

with_kind_of_activity as (

    select
        standing.*,
        case
            when txn_type in ('fee', 'interest_paid', 'interest_charged') then 0
            when {{ engagement__place_in_list('txn_type', var('activity_types')) }} = 0 then 0
            {# Where nothing tells who set it off, a debit is taken for the customer's own, a credit for others'. #}
            when coalesce(customer_initiated_flag, case when direction = 'D' then 1 else 0 end) = 1 then 1
            else 0
        end as is_customer_act,
        {# A standing order or direct debit runs by itself; what the bank moves within itself is neither. #}
        case
            when direction <> 'D' or customer_initiated_flag <> 0 or customer_initiated_flag is null then 0
            when txn_type in ('ach_debit', 'bill_payment', 'loan_payment') then 1
            when channel <> 'system' and coalesce(txn_type, 'transfer_out') in ('transfer_out', 'wire_out', 'p2p_out')
                then 1
            else 0
        end as is_passive,
        case
            when direction = 'C' and coalesce(txn_type, 'transfer_in') not in ('refund', 'loan_disbursement') then 1
            else 0
        end as is_inflow
    from standing

)

select * from with_kind_of_activity
