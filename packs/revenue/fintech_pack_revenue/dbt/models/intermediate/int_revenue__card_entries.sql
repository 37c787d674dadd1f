{{ config(materialized='ephemeral') }}

{#-
    Card transactions of the days to build beside their price: a purchase has its own, what takes it back or restores
    it has that of the purchase.
-#}
with

entries as (

    select
        transaction_id,
        txn_type,
        direction,
        account_id,
        customer_id,
        event_ts,
        event_date_local,
        posting_date,
        root_transaction_id,
        is_root_posted,
        mcc,
        merchant_country,
        product_type,
        product_code,
        legal_entity_id,
        amount,
        currency,
        cast(interchange_amount as decimal(18, 4)) as actual_interchange,
        cast(scheme_fee_amount as decimal(18, 4)) as scheme_fee_amount,
        exchange_rate,
        fx_missing_flag,
        source_batch_id
    from {{ ref('int_revenue__entries') }}
    where
        amount > 0
        and (
            txn_type in ('purchase', 'refund', 'chargeback', 'representment')
            or (txn_type = 'reversal' and root_txn_type = 'purchase')
            or (txn_type = 'reversal' and root_transaction_id is null and card_token is not null)
        )
        and (root_txn_type is null or root_txn_type = 'purchase')

),

prices as (

    select * from {{ ref('int_revenue__priced_payments') }}

),

with_price as (

    select
        entries.*,
        prices.rate_date,
        prices.amount as priced_amount,
        prices.network,
        prices.card_product,
        prices.funding_type,
        prices.card_present_flag,
        prices.is_regulated,
        prices.rate_id,
        prices.cap_id,
        prices.is_estimate,
        prices.expected_interchange as priced_interchange,
        prices.cap_amount as priced_cap,
        coalesce(prices.actual_interchange, prices.expected_interchange) as priced_booking,
        case when entries.root_transaction_id is not null then prices.actual_interchange end as actual_of_original,
        {{ revenue__sign('entries.direction') }} as sign
    from entries
    left join prices
        on coalesce(entries.root_transaction_id, entries.transaction_id) = prices.transaction_id

)

select * from with_price
