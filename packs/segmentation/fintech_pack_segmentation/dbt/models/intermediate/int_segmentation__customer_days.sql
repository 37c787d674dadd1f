{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    on_schema_change='fail',
    meta={'event_table': 'transactions', 'reach_days': 0}
) }}

with

touched_days as (

    {{ core.touched_days('transactions') }}

),

transactions as (

    select
        customer_id,
        event_date_local,
        is_own_act,
        spend_amount,
        inflow_amount,
        outflow_amount,
        payroll_inflow_amount,
        is_bill,
        is_digital,
        is_cash,
        has_known_country,
        is_cross_border,
        is_unconverted,
        source_batch_id
    from {{ ref('stg_segmentation__transactions') }}
    {% if is_incremental() -%}
    where event_date_local in (select touched_days.event_date_local from touched_days)
    {%- endif %}

),

customer_days as (

    select
        customer_id,
        event_date_local,
        cast(max(is_own_act) as integer) as active_day_count,
        cast(sum(is_own_act) as integer) as transaction_count,
        {# An amount without an exchange rate adds nothing and is counted. #}
        cast(coalesce(sum(spend_amount), 0) as decimal(18, 2)) as spend_amount,
        cast(coalesce(sum(inflow_amount), 0) as decimal(18, 2)) as inflow_amount,
        cast(coalesce(sum(outflow_amount), 0) as decimal(18, 2)) as outflow_amount,
        cast(coalesce(sum(payroll_inflow_amount), 0) as decimal(18, 2)) as payroll_inflow_amount,
        cast(sum(is_bill) as integer) as bill_count,
        cast(sum(is_digital) as integer) as digital_count,
        cast(sum(is_cash) as integer) as cash_count,
        cast(sum(has_known_country) as integer) as known_country_count,
        cast(sum(is_cross_border) as integer) as cross_border_count,
        {# Sunday is 0 and Saturday 6 on both engines. #}
        cast(
            case when extract(dow from event_date_local) in (0, 6) then sum(is_own_act) else 0 end as integer
        ) as weekend_count,
        cast(sum(is_unconverted) as integer) as unconverted_count,
        cast(max(source_batch_id) as integer) as source_batch_id
    from transactions
    group by customer_id, event_date_local

)

select * from customer_days
