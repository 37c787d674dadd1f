{# What the bank earned from a customer; NULL when the revenue pack is not enabled or knows no income at all. #}
{{ config(materialized='table') }}

with

ledger as (

    {{ core.import_or_empty('revenue', 'revenue__ledger', {
        'customer_id': 'varchar(64)',
        'line': 'varchar(24)',
        'effective_date': 'date',
        'amount_base': 'decimal(18, 4)'
    }) }}

),

income_days as (

    select
        customer_id,
        effective_date as event_date_local,
        amount_base as income_amount,
        case when line in ('interest_income', 'interest_expense') then amount_base else 0 end as interest_amount
    from ledger
    where
        customer_id is not null
        and line <> 'provision_memo'
        and amount_base is not null

),

known as (

    select case when count(*) > 0 then 1 else 0 end as has_income
    from income_days

),

customer_months as (

    select
        customer_id,
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__customer_months') }}

),

{{ segmentation__windowed('income_days', {
    'income_amount': {'365d': 365, 'rfm': var('rfm_days') | int},
    'interest_amount': {'365d': 365}
}) }},

final as (

    select
        windows.customer_id,
        windows.month_start,
        known.has_income,
        case when known.has_income = 1 then windows.income_amount_rfm end as income_amount_rfm,
        case when known.has_income = 1 then windows.interest_amount_365d end as interest_amount_365d,
        case
            when known.has_income = 1 then windows.income_amount_365d - windows.interest_amount_365d
        end as fee_amount_365d
    from windows
    cross join known

)

select * from final
