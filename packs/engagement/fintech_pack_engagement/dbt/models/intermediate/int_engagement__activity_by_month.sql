{{ config(materialized='table') }}

{#- What each customer did in each month, over all channels. One row per customer and month with a row of activity. -#}
with

activity as (

    select
        customer_id,
        activity_date,
        channel,
        is_active,
        financial_count,
        digital_count,
        login_count,
        passive_count,
        debit_count,
        spend_amount_base,
        inflow_amount_base,
        source_batch_id
    from {{ ref('engagement__activity_daily') }}

),

by_day as (

    select
        customer_id,
        activity_date,
        max(is_active) as is_active,
        max(case when is_active = 1 and digital_count > 0 then 1 else 0 end) as is_digital,
        max(case when login_count > 0 then 1 else 0 end) as has_login,
        sum(financial_count) as financial_count,
        sum(digital_count) as digital_count,
        sum(passive_count) as passive_count,
        sum(debit_count) as debit_count,
        sum(spend_amount_base) as spend_amount_base,
        sum(inflow_amount_base) as inflow_amount_base,
        max(source_batch_id) as source_batch_id
    from activity
    group by customer_id, activity_date

),

channels as (

    select
        customer_id,
        month_start,
        count(*) as channel_count
    from (
        select distinct
            customer_id,
            {{ engagement__month_of('activity_date') }} as month_start,
            channel
        from activity
        where is_active = 1
    ) as used_channels
    group by customer_id, month_start

),

by_month as (

    select
        customer_id,
        {{ engagement__month_of('activity_date') }} as month_start,
        sum(is_active) as active_days,
        sum(is_digital) as digital_days,
        sum(has_login) as login_days,
        sum(financial_count) as financial_count,
        sum(digital_count) as digital_count,
        sum(passive_count) as passive_count,
        sum(debit_count) as debit_count,
        sum(spend_amount_base) as spend_amount_base,
        sum(inflow_amount_base) as inflow_amount_base,
        max(case when is_active = 1 then activity_date end) as last_active_date,
        max(source_batch_id) as source_batch_id
    from by_day
    group by customer_id, {{ engagement__month_of('activity_date') }}

),

final as (

    select
        by_month.*,
        coalesce(channels.channel_count, 0) as channel_count
    from by_month
    left join channels
        on by_month.customer_id = channels.customer_id
        and by_month.month_start = channels.month_start

)

select * from final
