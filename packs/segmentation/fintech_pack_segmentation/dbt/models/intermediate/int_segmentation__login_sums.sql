{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='month_start',
    on_schema_change='fail',
    meta={'event_table': ['login_activity', 'transactions'], 'reach_days': 36500, 'reach_back_days': 30}
) }}

with

snapshots as (

    select
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

{{ segmentation__running_windows(
    ref('stg_segmentation__logins'), segmentation__login_measures(), ['login_activity', 'transactions']
) }}

select * from windows
