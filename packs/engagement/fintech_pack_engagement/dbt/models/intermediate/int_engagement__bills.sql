{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='month_start',
    on_schema_change='fail',
    meta={'event_table': 'transactions', 'reach_days': 90, 'reach_back_days': 60}
) }}

{#-
    Payees that are paid about every month: two payments within the 90 days to the month's end, 26 to 35 days apart.
    One row per customer and month with such a payee.
-#}
with

touched_days as (

    {{ core.touched_days('transactions') }}

),

{{ engagement__months_in_reach() }},

payment_days as (

    select
        customer_id,
        counterparty_account_hash,
        event_date_local
    from {{ ref('int_engagement__payment_days') }}
    where event_date_local > (select {{ core.add_days('min(months.month_end)', -90) }} from months)

),

with_previous as (

    select
        payment_days.*,
        lag(event_date_local) over (
            partition by customer_id, counterparty_account_hash
            order by event_date_local
        ) as previous_date
    from payment_days

),

monthly as (

    select
        customer_id,
        counterparty_account_hash,
        event_date_local,
        previous_date
    from with_previous
    where {{ dbt.datediff('previous_date', 'event_date_local', 'day') }} between 26 and 35

),

bills as (

    select
        monthly.customer_id,
        months.month_start,
        months.month_end,
        count(distinct monthly.counterparty_account_hash) as bill_payee_count
    from monthly
    inner join months
        on monthly.event_date_local <= months.month_end
        and monthly.previous_date > {{ core.add_days('months.month_end', -90) }}
    group by monthly.customer_id, months.month_start, months.month_end

)

select * from bills
