{{ config(materialized='table') }}

{#- When each customer first paid at a merchant, to a payee, in a country and from a device. -#}
{%- set used_columns = {
    'merchant': 'merchant_id', 'payee': 'counterparty_account_hash', 'country': 'merchant_country',
    'device': 'device_id'
} -%}
with

payments as (

    select
        customer_id,
        event_ts,
        event_date_local,
        merchant_id,
        counterparty_account_hash,
        merchant_country,
        device_id
    from {{ ref('stg_fraud__payments') }}
    where is_payment = 1

),

{# Only these customers' rows are built, but all that they ever did counts. #}
customers_to_build as (

    select distinct customer_id
    from payments
    where event_date_local >= {{ fraud__first_day(fraud__payment_tables()) }}

),

their_payments as (

    select payments.*
    from payments
    inner join customers_to_build
        on payments.customer_id = customers_to_build.customer_id

),

first_uses as (

    {% for kind in used_columns -%}
    select
        '{{ kind }}' as kind_of_use,
        customer_id,
        {{ used_columns[kind] }} as used_value,
        min(event_ts) as first_used_at
    from their_payments
    where {{ used_columns[kind] }} is not null
    group by
        customer_id,
        {{ used_columns[kind] }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

)

select * from first_uses
