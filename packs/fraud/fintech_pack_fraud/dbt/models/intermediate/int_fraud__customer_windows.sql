{{ config(materialized='ephemeral') }}

with

payments as (

    select {{ fraud__listed(fraud__window_columns('cards')) }}
    from {{ ref('int_fraud__card_windows') }}

),

with_windows as (

    {{ fraud__sliding_sums(
        relation='payments',
        key='customer_id',
        timestamp='event_ts',
        windows={'1d': 86400, '7d': 604800, '30d': 2592000},
        measures={
            'customer_transaction_count': {'value': '1', 'type': 'integer', 'windows': ['1d', '7d', '30d']},
            'customer_amount_sum': {
                'value': 'counted_amount', 'type': 'decimal(18, 2)', 'windows': ['1d', '7d', '30d']
            },
        },
        keep=fraud__window_columns('cards')
    ) }}

)

select * from with_windows
