{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    meta={'event_table': 'transactions', 'reach_days': 36500}
) }}

{# Each day depends on all days before it; and the model itself does not refer to the days to build. #}
with

touched as (

    select event_date_local
    from {{ ref('probe__touched') }}

)

select
    events.event_date_local,
    events.transaction_id,
    count(*) as earlier_count
from {{ ref('core', 'transactions') }} as events
inner join {{ ref('core', 'transactions') }} as earlier
    on events.account_id = earlier.account_id and events.event_ts >= earlier.event_ts
{% if is_incremental() %}
where events.event_date_local in (select touched.event_date_local from touched)
{% endif %}
group by
    events.event_date_local,
    events.transaction_id
