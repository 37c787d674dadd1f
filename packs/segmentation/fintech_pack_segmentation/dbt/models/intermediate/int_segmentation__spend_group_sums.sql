{# Spending of 365 days by group, as far as the merchant's category is known. Another grouping makes every month new. #}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='month_start',
    on_schema_change='fail',
    meta={'event_table': 'transactions', 'reach_days': 36500, 'reach_back_days': 30}
) }}

with

transactions as (

    select
        customer_id,
        event_date_local,
        mcc,
        spend_amount
    from {{ ref('stg_segmentation__transactions') }}
    where
        mcc is not null
        and spend_amount <> 0

),

mcc_codes as (

    select
        mcc,
        spend_group
    from {{ ref('core', 'mcc_codes') }}

),

grouping_in_force as (

    select
        cast(md5(coalesce(
            {{ dbt.listagg("mcc || coalesce(spend_group, '')", "','", 'order by mcc') }}, ''
        )) as varchar(32)) as grouping_hash
    from mcc_codes

),

snapshots as (

    select
        months.month_start,
        months.snapshot_date,
        grouping_in_force.grouping_hash
    from {{ ref('int_segmentation__snapshots') }} as months
    cross join grouping_in_force

),

spend_days as (

    select
        transactions.customer_id,
        transactions.event_date_local,
        {% for name in segmentation__spend_groups() -%}
        case
            when mcc_codes.spend_group = '{{ name }}' then transactions.spend_amount else 0
        end as {{ name }}_amount,
        {% endfor -%}
        case
            {% for name in segmentation__spend_groups() -%}
            when mcc_codes.spend_group = '{{ name }}' then 0
            {% endfor -%}
            else transactions.spend_amount
        end as remaining_amount
    from transactions
    left join mcc_codes
        on transactions.mcc = mcc_codes.mcc

),

{{ segmentation__running_windows(
    'spend_days', segmentation__spend_group_measures(), ['transactions'], version='grouping_hash'
) }}

select * from windows
