{{ config(materialized='table') }}
select touched_days.event_date_local
from ({{ core.touched_days('transactions', reach_days=36500) }}) as touched_days
