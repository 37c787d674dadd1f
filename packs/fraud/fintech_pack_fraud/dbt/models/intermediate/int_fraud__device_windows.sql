{{ config(materialized='table') }}

with

payments as (

    select
        transaction_id,
        device_id,
        event_ts
    from {{ ref('int_fraud__payments') }}
    where
        device_id is not null
        and is_payment = 1

),

with_windows as (

    {{ fraud__sliding_sums(
        relation='payments',
        key='device_id',
        timestamp='event_ts',
        windows={'24h': 86400},
        measures={'device_transaction_count': {'value': '1', 'type': 'integer', 'windows': ['24h']}},
        keep=['transaction_id']
    ) }}

)

select * from with_windows
