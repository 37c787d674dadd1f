{{ config(materialized='ephemeral') }}

with

payments as (

    select
        transaction_id,
        account_id,
        customer_id,
        merchant_id,
        event_ts,
        event_date_local,
        coalesce(amount_base, 0) * is_payment as counted_amount,
        coalesce(amount_base, 0) as tried_amount,
        card_token,
        is_payment,
        case when is_payment = 1 then merchant_id end as paid_merchant_id,
        case when is_payment = 1 then merchant_country end as paid_country,
        case when is_payment = 1 then mcc end as paid_mcc,
        case when is_payment = 1 then event_ts end as paid_at
    from {{ ref('int_fraud__payments') }}

),

with_windows as (

    {{ fraud__sliding_sums(
        relation='payments',
        key='account_id',
        timestamp='event_ts',
        windows={'1h': 3600, '24h': 86400, '7d': 604800},
        measures={
            'account_transaction_count': {'value': 'is_payment', 'type': 'integer', 'windows': ['1h', '24h', '7d']},
            'account_amount_sum': {
                'value': 'counted_amount', 'type': 'decimal(18, 2)', 'windows': ['1h', '24h', '7d']
            },
            'declined_count': {'value': '1 - is_payment', 'type': 'integer', 'windows': ['1h']},
        },
        distinct=[
            {'name': 'distinct_merchant_count', 'value': 'paid_merchant_id', 'window': '24h'},
            {'name': 'distinct_country_count', 'value': 'paid_country', 'window': '24h'},
            {'name': 'distinct_mcc_count', 'value': 'paid_mcc', 'window': '1h'},
        ],
        last_before=[{'name': 'paid_before_at', 'value': 'paid_at', 'tie': 'transaction_id'}],
        keep=fraud__window_columns() + ['tried_amount']
    ) }}

)

select * from with_windows
