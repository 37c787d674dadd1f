{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='month_start',
    on_schema_change='fail',
    meta={'event_table': 'balances_daily', 'reach_back_days': 30}
) }}

{#-
    The average of an account's known balances in the month, in the account's own currency. A touched day and the thirty
    before it have the first day of its month among them. One row per account and month with a balance.
-#}
with

touched_days as (

    {{ core.touched_days('balances_daily') }}

),

balances as (

    select
        account_id,
        {{ engagement__month_of('balance_date') }} as month_start,
        balance_eod
    from {{ ref('core', 'balances_daily') }}
    where {{ engagement__is_month_built_again(engagement__month_of('balance_date')) }}

),

account_months as (

    select
        account_id,
        month_start,
        avg(cast(balance_eod as decimal(18, 4))) as average_balance
    from balances
    group by account_id, month_start

)

select * from account_months
