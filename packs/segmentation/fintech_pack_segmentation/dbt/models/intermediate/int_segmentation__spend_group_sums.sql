{# Spending of 365 days by group, as far as the merchant's category is known. Another grouping makes every month new. #}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='month_start',
    on_schema_change='fail',
    meta={'event_table': 'transactions', 'reach_days': 36500, 'reach_back_days': 30}
) }}

with

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

{{ segmentation__running_windows(
    ref('int_segmentation__spend_days'), segmentation__spend_group_measures(), ['transactions'],
    version='grouping_hash', days=ref('int_segmentation__customer_days')
) }}

select * from windows
