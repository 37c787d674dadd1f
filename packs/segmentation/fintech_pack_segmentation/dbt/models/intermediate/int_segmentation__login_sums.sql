{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='month_start',
    on_schema_change='fail',
    meta={'event_table': ['login_activity', 'transactions'], 'reach_days': 36500, 'reach_back_days': 30}
) }}

with

logins as (

    select
        customer_id,
        event_date_local,
        1 as login_count
    from {{ ref('core', 'login_activity') }}
    where
        customer_id is not null
        and outcome = 'success'
        and coalesce(event_type, 'login') = 'login'

),

snapshots as (

    select
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

{{ segmentation__running_windows('logins', segmentation__login_measures(), ['login_activity', 'transactions']) }}

select * from windows
