{{ config(materialized='incremental', incremental_strategy='replace_days', unique_key='event_date_local',
    meta={'event_table': 'transactions', 'reach_days': 7}) }}
with

touched_days as ({{ core.touched_days('transactions') }}),

days_to_read as ({{ core.days_to_read('transactions', 7) }}),

events as (

    select events.*, accounts.product_type, customers.residency_country
    from {{ ref('core', 'transactions') }} as events
    left join {{ ref('core', 'accounts') }} as accounts on events.account_id = accounts.account_id
    left join {{ ref('core', 'customers') }} as customers on events.customer_id = customers.customer_id
    {% if is_incremental() %}
    where events.event_date_local in (select days_to_read.event_date_local from days_to_read)
    {% endif %}

),

windows as (

    {{ core.sliding_window('events', 'customer_id', 'event_ts', {'1d': 86400, '7d': 604800},
        {'payments_count': ['1', 'bigint'], 'payments_amount': ['amount_base', 'decimal(18, 2)']},
        ['transaction_id', 'event_date_local', 'product_type', 'residency_country']) }}

)

select * from windows
{% if is_incremental() %}
where event_date_local in (select touched_days.event_date_local from touched_days)
{% endif %}
