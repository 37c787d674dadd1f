{{ config(materialized='table') }}

{#- Each payment of the days to build with its windows over account, card, customer and merchant. -#}
with

payments as (

    select
        {{ fraud__listed(fraud__window_columns('customers')) }},
        {# Without a merchant a payment shares its account's key, so that no key gathers all the others. #}
        coalesce(merchant_id, 'without merchant, ' || account_id) as merchant_key,
        0 as is_step,
        cast(0 as bigint) as fraud_step
    from {{ ref('int_fraud__customer_windows') }}

),

{# Steps of the number of known frauds pass through the windows as rows that are no payments. #}
payments_and_steps as (

    select * from payments
    {% if core.has('fraud_labels') %}
    union all
    select
        {{ fraud__listed(
            fraud__window_columns('customers'), {'event_ts': 'stepped_at', 'counted_amount': '0'}, otherwise='null'
        ) }},
        merchant_id as merchant_key,
        1 as is_step,
        fraud_step
    from {{ ref('int_fraud__merchant_fraud_steps') }}
    {% endif %}

),

with_windows as (

    {{ fraud__sliding_sums(
        relation='payments_and_steps',
        key='merchant_key',
        timestamp='event_ts',
        windows=fraud__merchant_windows(),
        measures=fraud__merchant_measures(),
        keep=fraud__window_columns('customers') + ['is_step']
    ) }}

),

final as (

    select {{ fraud__listed(fraud__payment_window_columns()) }}
    from with_windows
    where
        is_step = 0
        and event_date_local >= {{ fraud__first_day(fraud__payment_tables()) }}

)

select * from final
