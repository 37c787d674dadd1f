{{ config(materialized='table') }}

{#-
    Points for each piece of evidence; NULL where what the evidence rests on is not known. One row per customer and
    month.
-#}
with

customer_months as (

    select
        customer_id,
        month_start,
        month_end
    from {{ ref('engagement__customer_month') }}

),

salaries as (

    select distinct
        customer_id,
        month_start,
        month_end
    from {{ ref('int_engagement__salary_payers') }}

),

bills as (

    select
        customer_id,
        month_start,
        month_end,
        bill_payee_count
    from {{ ref('int_engagement__bills') }}

),

recent_use as (

    select
        customer_id,
        month_start,
        month_end,
        debit_count_30d,
        login_days_30d,
        inflow_amount_base_30d
    from {{ ref('int_engagement__recent_use') }}

),

balances as (

    select
        customer_id,
        month_start,
        average_balance
    from {{ ref('int_engagement__balances') }}

),

holdings as (

    select
        customer_id,
        month_start,
        deposit_account_count
    from {{ ref('int_engagement__holdings') }}

),

forwarding as (

    select
        customer_id,
        month_start,
        salary_amount_base,
        forwarded_amount_base
    from {{ ref('int_engagement__paycheck_forwarding') }}

),

evidence as (

    select
        customer_months.customer_id,
        customer_months.month_start,
        {{ engagement__when_salary_is_known('case when salaries.customer_id is not null then 35 else 0 end') }}
            as salary_points,
        {{ engagement__when_mapped(
            'transactions', 'counterparty_account_hash',
            'case when bills.bill_payee_count >= ' ~ var('bills_count') ~ ' then 25 else 0 end'
        ) }} as bill_points,
        case when recent_use.debit_count_30d >= {{ var('debits_count') }} then 20 else 0 end as spending_points,
        {{ engagement__when_mapped('balances_daily', none, engagement__balance_points()) }} as balance_points,
        {{ engagement__when_mapped(
            'login_activity', none,
            'case when recent_use.login_days_30d >= ' ~ var('login_days_count') ~ ' then 10 else 0 end'
        ) }} as digital_points,
        {{ engagement__when_mapped(
            'transactions', 'txn_type',
            engagement__ratio('forwarding.forwarded_amount_base', 'forwarding.salary_amount_base'), 'decimal(18, 6)'
        ) }} as paycheck_forwarding_share,
        {{ engagement__when_mapped('transactions', 'txn_type', engagement__motel_flag()) }} as paycheck_motel_flag
    from customer_months
    {% for name in ['salaries', 'bills', 'recent_use', 'balances', 'holdings', 'forwarding'] -%}
    left join {{ name }}
        on customer_months.customer_id = {{ name }}.customer_id
        and customer_months.month_start = {{ name }}.month_start
        {% if name in ['salaries', 'bills', 'recent_use'] -%}
        and customer_months.month_end = {{ name }}.month_end
        {% endif -%}
    {% endfor -%}

)

select * from evidence
