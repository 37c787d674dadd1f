{{ config(materialized='ephemeral') }}

{#- Payments that repeat another of the same account, merchant and amount within moments, the first not taken back. -#}
with

payments as (

    select
        transaction_id,
        account_id,
        merchant_id,
        amount_base,
        event_ts,
        status
    from {{ ref('int_fraud__payments') }}
    where
        is_payment = 1
        and merchant_id is not null

),

{# Only a payment that another precedes within the hour can repeat one, which spares most of them the search. #}
candidates as (

    select transaction_id
    from {{ ref('fraud__transaction_features') }}
    where
        account_transaction_count_1h >= 2
        and event_date_local >= {{ fraud__first_day(fraud__payment_tables()) }}

),

reversals as (

    select
        original_transaction_id,
        min(event_ts) as reversed_at
    from {{ ref('core', 'transactions') }}
    where
        txn_type = 'reversal'
        and original_transaction_id is not null
        and event_date_local >= {{ fraud__first_day_to_read() }}
    group by original_transaction_id

),

pairs as (

    select
        payments.transaction_id,
        {{ dbt.datediff('earlier.event_ts', 'payments.event_ts', 'second') }} as seconds_between
    from candidates
    inner join payments
        on candidates.transaction_id = payments.transaction_id
    inner join payments as earlier
        on payments.account_id = earlier.account_id
        and payments.merchant_id = earlier.merchant_id
        and payments.amount_base = earlier.amount_base
        and {{ dbt.dateadd('second', -1 * (var('duplicate_seconds') | int), 'payments.event_ts') }} <= earlier.event_ts
        and (
            payments.event_ts > earlier.event_ts
            or (payments.event_ts = earlier.event_ts and payments.transaction_id > earlier.transaction_id)
        )
    left join reversals
        on earlier.transaction_id = reversals.original_transaction_id
        and payments.event_ts >= reversals.reversed_at
    where
        earlier.status <> 'reversed'
        and reversals.original_transaction_id is null

),

repeated as (

    select
        transaction_id,
        min(seconds_between) as seconds_since_same
    from pairs
    group by transaction_id

)

select * from repeated
