{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='balance_date',
    on_schema_change='fail',
    meta={'event_table': 'balances_daily'}
) }}

with

touched_days as (

    {{ core.touched_days('balances_daily') }}

),

read_days as (

    select event_date_local as read_date
    from touched_days

),

{{ core.core__newest_versions('balances_daily', 'read_days' if is_incremental() else none) }},

final as (

    select
        {{ core.core__columns('balances_daily', 'newest_versions') }},
        newest_versions._batch_id as source_batch_id
    from newest_versions

)

select * from final
