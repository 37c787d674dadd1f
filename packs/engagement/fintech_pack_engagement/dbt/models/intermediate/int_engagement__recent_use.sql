{#-
    Use in the thirty days to each month's end, which are not always the month. One row per customer and month.
-#}
with

activity as (

    select
        customer_id,
        activity_date,
        sum(debit_count) as debit_count,
        max(case when login_count > 0 then 1 else 0 end) as has_login,
        sum(inflow_amount_base) as inflow_amount_base
    from {{ ref('engagement__activity_daily') }}
    where debit_count > 0 or login_count > 0 or inflow_amount_base > 0
    group by customer_id, activity_date

),

months as (

    select
        month_start,
        month_end
    from {{ ref('int_engagement__months') }}

),

days_before as (

    {{ core.numbers(29) }}

),

{# Days by name: joining activity to a range of days would compare every day with every month. #}
month_days as (

    select
        months.month_start,
        {{ core.add_days('months.month_end', '-days_before.number') }} as activity_date
    from months
    cross join days_before

),

recent_use as (

    select
        activity.customer_id,
        month_days.month_start,
        sum(activity.debit_count) as debit_count_30d,
        sum(activity.has_login) as login_days_30d,
        sum(activity.inflow_amount_base) as inflow_amount_base_30d
    from activity
    inner join month_days
        on activity.activity_date = month_days.activity_date
    group by activity.customer_id, month_days.month_start

)

select * from recent_use
