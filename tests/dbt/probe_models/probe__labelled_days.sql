{{ config(materialized='incremental', incremental_strategy='replace_days', unique_key='event_date_local',
    meta={'event_table': ['transactions', 'fraud_labels']}) }}
with

touched_days as ({{ core.touched_days(['transactions', 'fraud_labels']) }})

select
    events.event_date_local,
    count(distinct events.transaction_id) as transactions_count,
    count(distinct labels.transaction_id) as labelled_count
from {{ ref('core', 'transactions') }} as events
left join {{ ref('core', 'fraud_labels') }} as labels on events.transaction_id = labels.transaction_id
{% if is_incremental() %}
where events.event_date_local in (select touched_days.event_date_local from touched_days)
{% endif %}
group by events.event_date_local
