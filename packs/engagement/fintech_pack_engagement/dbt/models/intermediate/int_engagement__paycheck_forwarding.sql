{#-
    How much of the month's salary leaves by transfer within three days of coming in. A transfer belongs to the latest
    payday before it; what moves to another account of the customer's here does not leave. A payday whose three days
    are not all observed is not judged yet. One row per customer and month with a salary.
-#}
with

credit_days as (

    select
        customer_id,
        payer,
        pay_date,
        amount_base
    from {{ ref('int_engagement__credit_days') }}

),

salary_payers as (

    select
        customer_id,
        month_start,
        month_end,
        payer
    from {{ ref('int_engagement__salary_payers') }}

),

months as (

    select
        month_start,
        month_end,
        last_date
    from {{ ref('int_engagement__months') }}

),

leaving as (

    select
        customer_id,
        event_date_local,
        amount_base
    from {{ ref('int_engagement__leaving_days') }}

),

paydays as (

    select
        credit_days.customer_id,
        credit_days.pay_date,
        months.month_start,
        sum(credit_days.amount_base) as salary_amount_base
    from credit_days
    inner join months
        on months.month_start = {{ engagement__month_of('credit_days.pay_date') }}
        and {{ core.add_days('credit_days.pay_date', 3) }} <= months.last_date
    inner join salary_payers
        on credit_days.customer_id = salary_payers.customer_id
        and credit_days.payer = salary_payers.payer
        and months.month_start = salary_payers.month_start
        and months.month_end = salary_payers.month_end
    group by credit_days.customer_id, credit_days.pay_date, months.month_start

),

days_after as (

    {{ core.numbers(3) }}

),

latest_payday as (

    select
        paydays.customer_id,
        {{ core.add_days('paydays.pay_date', 'days_after.number') }} as event_date_local,
        max(paydays.pay_date) as pay_date
    from paydays
    cross join days_after
    group by paydays.customer_id, {{ core.add_days('paydays.pay_date', 'days_after.number') }}

),

forwarded as (

    select
        latest_payday.customer_id,
        {{ engagement__month_of('latest_payday.pay_date') }} as month_start,
        sum(leaving.amount_base) as forwarded_amount_base
    from latest_payday
    inner join leaving
        on latest_payday.customer_id = leaving.customer_id
        and latest_payday.event_date_local = leaving.event_date_local
    group by latest_payday.customer_id, {{ engagement__month_of('latest_payday.pay_date') }}

),

salaries as (

    select
        customer_id,
        month_start,
        sum(salary_amount_base) as salary_amount_base
    from paydays
    group by customer_id, month_start

),

by_month as (

    select
        salaries.customer_id,
        salaries.month_start,
        salaries.salary_amount_base,
        least(coalesce(forwarded.forwarded_amount_base, 0), salaries.salary_amount_base) as forwarded_amount_base
    from salaries
    left join forwarded
        on salaries.customer_id = forwarded.customer_id
        and salaries.month_start = forwarded.month_start

)

select * from by_month
