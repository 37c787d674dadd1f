{#- Rows in which the engine's form of the sliding windows and the portable one differ: there are none. -#}
with

payments as (

    select
        transaction_id,
        account_id,
        event_ts,
        merchant_id,
        coalesce(amount_base, 0) as counted_amount,
        case when is_payment = 1 then event_ts end as paid_at,
        case when is_payment = 1 then event_date_local end as paid_on
    from {{ ref('int_fraud__payments') }}

),

{% for form in [none, 'portable'] -%}
windows_{{ form or 'of_engine' }} as (

    {{ fraud__sliding_sums(
        relation='payments',
        key='account_id',
        timestamp='event_ts',
        windows={'1h': 3600, '24h': 86400, '7d': 604800},
        measures={
            'payment_count': {'value': '1', 'type': 'integer', 'windows': ['1h', '7d']},
            'amount_sum': {'value': 'counted_amount', 'type': 'decimal(18, 2)', 'windows': ['24h', '7d']},
        },
        distinct=[{'name': 'merchant_count', 'value': 'merchant_id', 'window': '24h'}],
        last_before=[
            {'name': 'paid_before_at', 'value': 'paid_at', 'tie': 'transaction_id'},
            {'name': 'paid_before_on', 'value': 'paid_on', 'tie': 'transaction_id'},
        ],
        keep=['transaction_id'],
        form=form
    ) }}

),

{% endfor -%}
only_of_engine as (

    select * from windows_of_engine
    except
    select * from windows_portable

),

only_portable as (

    select * from windows_portable
    except
    select * from windows_of_engine

),

differing as (

    select * from only_of_engine
    union all
    select * from only_portable

)

select * from differing
