{{ config(materialized='table') }}

with

payments as (

    select
        transaction_id,
        counterparty_account_hash,
        event_ts
    from {{ ref('int_fraud__payments') }}
    where
        counterparty_account_hash is not null
        and is_payment = 1

),

with_windows as (

    {{ fraud__sliding_sums(
        relation='payments',
        key='counterparty_account_hash',
        timestamp='event_ts',
        windows={'24h': 86400},
        measures={'payee_transaction_count': {'value': '1', 'type': 'integer', 'windows': ['24h']}},
        keep=['transaction_id']
    ) }}

)

select * from with_windows
