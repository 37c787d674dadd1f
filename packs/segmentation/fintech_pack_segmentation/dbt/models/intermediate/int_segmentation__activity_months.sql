{# When a customer was last active by each snapshot, and how even the spending of the last twelve whole months was. #}
{{ config(materialized='table') }}
{% set month = dbt.date_trunc('month', 'customer_days.event_date_local') -%}
{% set month_start = 'greatest(cast(' ~ month ~ ' as date), first_months.first_month)' -%}
{% set in_order = 'partition by customer_id order by month_start rows between' -%}
{% set so_far = in_order ~ ' unbounded preceding and current row' -%}
{% set twelve_months = in_order ~ ' 11 preceding and current row' -%}
with

customer_days as (

    select
        customer_id,
        event_date_local,
        active_day_count,
        spend_amount,
        source_batch_id
    from {{ ref('int_segmentation__customer_days') }}

),

customer_months as (

    select
        customer_id,
        month_start,
        observed_since,
        is_whole_month
    from {{ ref('int_segmentation__customer_months') }}

),

first_months as (

    select
        customer_id,
        min(month_start) as first_month
    from customer_months
    group by customer_id

),

by_month as (

    select
        customer_days.customer_id,
        {{ month_start }} as month_start,
        sum(customer_days.spend_amount) as spend_amount,
        max(case when customer_days.active_day_count > 0 then customer_days.event_date_local end) as last_active_date,
        max(customer_days.source_batch_id) as source_batch_id
    from customer_days
    inner join first_months
        on customer_days.customer_id = first_months.customer_id
    group by customer_days.customer_id, {{ month_start }}

),

joined as (

    select
        customer_months.customer_id,
        customer_months.month_start,
        {# The month in which a customer came, and the running one, are no whole months. #}
        case
            when customer_months.is_whole_month = 1 and customer_months.observed_since <= customer_months.month_start
                then cast(coalesce(by_month.spend_amount, 0) as decimal(18, 2))
        end as whole_month_spend,
        case when by_month.last_active_date >= customer_months.month_start then 1 else 0 end as is_active_month,
        by_month.last_active_date,
        by_month.source_batch_id
    from customer_months
    left join by_month
        on customer_months.customer_id = by_month.customer_id
        and customer_months.month_start = by_month.month_start

),

carried as (

    select
        customer_id,
        month_start,
        max(last_active_date) over ({{ so_far }}) as last_active_date,
        max(source_batch_id) over ({{ so_far }}) as source_batch_id,
        sum(is_active_month) over ({{ twelve_months }}) as active_months_12,
        cast(count(whole_month_spend) over ({{ twelve_months }}) as double precision) as whole_month_count,
        cast(sum(whole_month_spend) over ({{ twelve_months }}) as double precision) as month_spend_sum,
        {# Decimals add up alike in any order; doubles would not. #}
        cast(sum(cast(whole_month_spend * whole_month_spend as decimal(38, 4))) over (
            {{ twelve_months }}
        ) as double precision) as month_spend_square_sum
    from joined

),

with_deviation as (

    select
        customer_id,
        month_start,
        last_active_date,
        source_batch_id,
        active_months_12,
        case
            when whole_month_count >= 6 and month_spend_sum > 0
                then {{ core.ratio(
                    'sqrt(
                        greatest(month_spend_square_sum - month_spend_sum * month_spend_sum / whole_month_count, 0)
                        / (whole_month_count - 1)
                    )',
                    '(month_spend_sum / whole_month_count)', 6
                ) }}
        end as spend_volatility
    from carried

)

select * from with_deviation
