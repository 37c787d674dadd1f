{{ config(materialized='table') }}

{#- What was usual for a customer in the three calendar months before a month, the month itself left out. -#}
with

payments as (

    select
        customer_id,
        {{ fraud__month('event_date_local') }} as payment_month,
        event_hour_local,
        ln(1 + cast(amount_base as double precision)) as amount_log
    from {{ ref('stg_fraud__payments') }}
    where
        is_payment = 1
        and event_date_local >= {{ fraud__months_later(fraud__month(fraud__first_day(fraud__payment_tables())), -3) }}

),

months_later as (

    select number + 1 as months_ahead
    from ({{ core.numbers(2) }}) as months_from_zero

),

monthly_hours as (

    select
        customer_id,
        payment_month,
        {% for hour in range(24) -%}
        sum(case when event_hour_local = {{ hour }} then 1 else 0 end) as payments_at_{{ hour }},
        {% endfor -%}
        count(*) as payment_count
    from payments
    group by
        customer_id,
        payment_month

),

hours as (

    select
        monthly_hours.customer_id,
        {{ fraud__months_later('monthly_hours.payment_month', 'months_later.months_ahead') }} as as_of_month,
        {% for hour in range(24) -%}
        {{ fraud__usual_hour(hour) }}{% if not loop.last %} || {% endif %}
        {%- endfor %} as usual_hours
    from monthly_hours
    cross join months_later
    group by
        monthly_hours.customer_id,
        {{ fraud__months_later('monthly_hours.payment_month', 'months_later.months_ahead') }}

),

amounts as (

    select
        payments.customer_id,
        {{ fraud__months_later('payments.payment_month', 'months_later.months_ahead') }} as as_of_month,
        payments.amount_log
    from payments
    cross join months_later
    where payments.amount_log is not null

),

medians as (

    select
        customer_id,
        as_of_month,
        count(*) as payment_count,
        percentile_cont(0.5) within group (order by amount_log) as amount_log_median,
        percentile_cont(0.95) within group (order by amount_log) as amount_log_high
    from amounts
    group by
        customer_id,
        as_of_month

),

deviations as (

    select
        amounts.customer_id,
        amounts.as_of_month,
        percentile_cont(0.5) within group (
            order by abs(amounts.amount_log - medians.amount_log_median)
        ) as amount_log_deviation
    from amounts
    inner join medians
        on amounts.customer_id = medians.customer_id
        and amounts.as_of_month = medians.as_of_month
    group by
        amounts.customer_id,
        amounts.as_of_month

),

final as (

    select
        medians.customer_id,
        medians.as_of_month,
        medians.payment_count,
        medians.amount_log_median,
        deviations.amount_log_deviation,
        medians.amount_log_high,
        hours.usual_hours
    from medians
    inner join deviations
        on medians.customer_id = deviations.customer_id
        and medians.as_of_month = deviations.as_of_month
    inner join hours
        on medians.customer_id = hours.customer_id
        and medians.as_of_month = hours.as_of_month

)

select * from final
