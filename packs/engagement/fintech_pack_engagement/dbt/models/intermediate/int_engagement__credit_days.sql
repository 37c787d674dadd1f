{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='pay_date',
    on_schema_change='fail',
    meta={'event_table': 'transactions', 'reach_back_days': 30}
) }}

{#-
    Credits that a salary or benefit could be: what one payer paid on one day. A reversal touches the thirty days before
    it. One row per customer, payer and day.
-#}
with

touched_days as (

    {{ core.touched_days('transactions') }}

),

credits as (

    select
        customer_id,
        event_date_local as pay_date,
        coalesce(counterparty_account_hash, 'payroll') as payer,
        case when txn_type = 'payroll' then 1 else 0 end as is_payroll,
        amount_base
    from {{ ref('stg_engagement__transactions') }}
    where
        direction = 'C'
        and amount_base is not null
        and coalesce(txn_type, 'transfer_in') in ('payroll', 'ach_credit', 'transfer_in', 'wire_in', 'p2p_in')
        and (counterparty_account_hash is not null or txn_type = 'payroll')
        {% if is_incremental() -%}
        and event_date_local in (select touched_days.event_date_local from touched_days)
        {%- endif %}

),

by_day as (

    select
        customer_id,
        payer,
        pay_date,
        max(is_payroll) as is_payroll,
        cast(sum(amount_base) as decimal(18, 2)) as amount_base
    from credits
    group by customer_id, payer, pay_date

),

large_enough as (

    select * from by_day
    where amount_base >= {{ var('salary_minimum_amount') }}

)

select * from large_enough
