{{ config(materialized='view') }}

with

{# Where the bank does not say what became of a transaction, what it brings are postings. #}
transactions as (

    select
        transaction_id,
        account_id,
        customer_id,
        event_ts,
        event_date_local,
        coalesce(posted_date, event_date_local) as posting_date,
        txn_type,
        direction,
        amount,
        currency,
        amount_base,
        original_transaction_id,
        mcc,
        merchant_country,
        card_token,
        network,
        card_product,
        funding_type,
        coalesce(
            card_present_flag,
            case
                when channel = 'ecom' then 0
                when channel = 'pos' then 1
            end
        ) as card_present_flag,
        interchange_amount,
        scheme_fee_amount,
        fee_code,
        coalesce(fee_waived_flag, 0) as fee_waived_flag,
        case when coalesce(status, 'posted') = 'posted' then 1 else 0 end as is_posted,
        source_batch_id
    from {{ ref('core', 'transactions') }}
    where
        is_excluded = 0
        and (
            txn_type in {{ revenue__original_kinds() }}
            or txn_type in {{ revenue__following_kinds() }}
        )

)

select * from transactions
