{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    on_schema_change='fail',
    meta={'event_table': 'digital_events'}
) }}

{{ core.core__newest_by_day('digital_events') }}
