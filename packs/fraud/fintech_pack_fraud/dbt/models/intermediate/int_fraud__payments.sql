{{ config(materialized='table') }}

{#- The payments and declined attempts that the windows of the days to build reach. -#}
with

payments as (

    select
        transaction_id,
        account_id,
        customer_id,
        event_ts,
        event_date_local,
        event_hour_local,
        channel,
        txn_type,
        status,
        amount_base,
        merchant_id,
        mcc,
        merchant_country,
        card_token,
        card_present_flag,
        counterparty_account_hash,
        coalesce(merchant_country, counterparty_country) as other_country,
        device_id,
        source_batch_id,
        is_payment
    from {{ ref('stg_fraud__payments') }}
    where event_date_local >= {{ fraud__first_day_to_read() }}

)

select * from payments
