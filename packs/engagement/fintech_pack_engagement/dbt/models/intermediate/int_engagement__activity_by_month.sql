{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='month_start',
    on_schema_change='fail',
    meta={'event_table': ['transactions', 'login_activity', 'digital_events'], 'reach_back_days': 60}
) }}

{#-
    What each customer did in each month, over all channels. A reversal touches activity 30 days before, whose month began
    up to 30 days before that. One row per customer and month with a row of activity.
-#}
with

touched_days as (

    {{ core.touched_days(['transactions', 'login_activity', 'digital_events']) }}

),

activity as (

    select
        customer_id,
        {{ engagement__month_of('activity_date') }} as month_start,
        sum(financial_count) as financial_count,
        sum(digital_count) as digital_count,
        sum(passive_count) as passive_count,
        sum(debit_count) as debit_count,
        sum(spend_amount_base) as spend_amount_base,
        sum(inflow_amount_base) as inflow_amount_base,
        max(source_batch_id) as source_batch_id
    from {{ ref('engagement__activity_daily') }}
    where {{ engagement__is_month_built_again(engagement__month_of('activity_date')) }}
    group by customer_id, {{ engagement__month_of('activity_date') }}

),

active_days as (

    select
        customer_id,
        {{ engagement__month_of('activity_date') }} as month_start,
        channel,
        count(*) as active_days,
        sum(is_digital) as digital_days,
        sum(has_login) as login_days,
        max(activity_date) as last_active_date
    from {{ ref('int_engagement__active_days') }}
    where {{ engagement__is_month_built_again(engagement__month_of('activity_date')) }}
    group by customer_id, {{ engagement__month_of('activity_date') }}, channel

),

by_month as (

    select
        customer_id,
        month_start,
        max(case when channel = 'ALL' then active_days end) as active_days,
        max(case when channel = 'ALL' then digital_days end) as digital_days,
        max(case when channel = 'ALL' then login_days end) as login_days,
        max(last_active_date) as last_active_date,
        sum(case when channel = 'ALL' then 0 else 1 end) as channel_count
    from active_days
    group by customer_id, month_start

),

final as (

    select
        activity.*,
        coalesce(by_month.active_days, 0) as active_days,
        coalesce(by_month.digital_days, 0) as digital_days,
        coalesce(by_month.login_days, 0) as login_days,
        coalesce(by_month.channel_count, 0) as channel_count,
        by_month.last_active_date
    from activity
    left join by_month
        on activity.customer_id = by_month.customer_id
        and activity.month_start = by_month.month_start

)

select * from final
