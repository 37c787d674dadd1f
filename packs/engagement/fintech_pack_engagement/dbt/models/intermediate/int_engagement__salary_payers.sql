{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='month_start',
    on_schema_change='fail',
    meta={'event_table': 'transactions', 'reach_days': 120, 'reach_back_days': 60}
) }}

{#-
    Who pays a customer a salary or benefit, as seen at each month's end: payroll, or at least three credits in 120 days
    that come weekly, every two weeks or monthly, in much the same amount. One row per customer, month and payer.
-#}
with

touched_days as (

    {{ core.touched_days('transactions') }}

),

{{ engagement__months_in_reach() }},

credit_days as (

    select
        customer_id,
        payer,
        pay_date,
        is_payroll,
        amount_base,
        lag(pay_date) over (partition by customer_id, payer order by pay_date) as previous_date
    from {{ ref('int_engagement__credit_days') }}
    where pay_date > (select {{ core.add_days('min(months.month_end)', -120) }} from months)

),

with_gap as (

    select
        credit_days.*,
        case
            when {{ dbt.datediff('previous_date', 'pay_date', 'day') }} between 6 and 8 then 1
            when {{ dbt.datediff('previous_date', 'pay_date', 'day') }} between 13 and 16 then 1
            when {{ dbt.datediff('previous_date', 'pay_date', 'day') }} between 26 and 35 then 1
            else 0
        end as is_regular
    from credit_days

),

in_window as (

    select
        with_gap.customer_id,
        months.month_start,
        months.month_end,
        with_gap.payer,
        max(with_gap.is_payroll) as has_payroll,
        count(*) as credit_count,
        {# Of the gaps, those between credits of the window. #}
        sum(
            case
                when with_gap.previous_date > {{ core.add_days('months.month_end', -120) }} then with_gap.is_regular
                else 0
            end
        ) as regular_gap_count,
        cast(sum(with_gap.amount_base) as double precision) as amount_sum,
        cast(sum(with_gap.amount_base * with_gap.amount_base) as double precision) as square_sum
    from with_gap
    inner join months
        on with_gap.pay_date <= months.month_end
        and with_gap.pay_date > {{ core.add_days('months.month_end', -120) }}
    group by with_gap.customer_id, months.month_start, months.month_end, with_gap.payer

),

{# Deviation / mean <= v, as n (n Q - S2) <= v2 (n - 1) S2: of exact sums, which no order of rows can change. #}
salaries as (

    select
        customer_id,
        month_start,
        month_end,
        payer
    from in_window
    where
        has_payroll = 1
        or (
            credit_count >= 3
            and regular_gap_count = credit_count - 1
            and credit_count * (credit_count * square_sum - amount_sum * amount_sum)
            <= cast({{ var('salary_amount_variation') }} as double precision) * {{ var('salary_amount_variation') }}
            * (credit_count - 1) * amount_sum * amount_sum
        )

)

select * from salaries
