{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='month_start',
    on_schema_change='fail',
    meta={'event_table': ['transactions', 'login_activity', 'digital_events'], 'reach_days': 30, 'reach_back_days': 60}
) }}

{#- Use in the thirty days to each month's end, which are not always the month. One row per customer and month. -#}
with

touched_days as (

    {{ core.touched_days(['transactions', 'login_activity', 'digital_events']) }}

),

{{ engagement__months_in_reach() }},

activity as (

    select
        customer_id,
        activity_date,
        debit_count,
        inflow_amount_base
    from {{ ref('engagement__activity_daily') }}
    where debit_count > 0 or inflow_amount_base > 0

),

login_days as (

    select
        customer_id,
        activity_date
    from {{ ref('int_engagement__active_days') }}
    where
        channel = 'ALL'
        and has_login = 1

),

days_before as (

    {{ core.numbers(29) }}

),

{# Days by name: joining activity to a range of days would compare every day with every month. #}
month_days as (

    select
        months.month_start,
        months.month_end,
        {{ core.add_days('months.month_end', '-days_before.number') }} as activity_date
    from months
    cross join days_before

),

use_of_money as (

    select
        activity.customer_id,
        month_days.month_start,
        month_days.month_end,
        sum(activity.debit_count) as debit_count_30d,
        sum(activity.inflow_amount_base) as inflow_amount_base_30d
    from activity
    inner join month_days
        on activity.activity_date = month_days.activity_date
    group by activity.customer_id, month_days.month_start, month_days.month_end

),

use_of_logins as (

    select
        login_days.customer_id,
        month_days.month_start,
        month_days.month_end,
        count(*) as login_days_30d
    from login_days
    inner join month_days
        on login_days.activity_date = month_days.activity_date
    group by login_days.customer_id, month_days.month_start, month_days.month_end

),

final as (

    select
        coalesce(use_of_money.customer_id, use_of_logins.customer_id) as customer_id,
        coalesce(use_of_money.month_start, use_of_logins.month_start) as month_start,
        coalesce(use_of_money.month_end, use_of_logins.month_end) as month_end,
        use_of_money.debit_count_30d,
        use_of_money.inflow_amount_base_30d,
        use_of_logins.login_days_30d
    from use_of_money
    full outer join use_of_logins
        on use_of_money.customer_id = use_of_logins.customer_id
        and use_of_money.month_start = use_of_logins.month_start

)

select * from final
