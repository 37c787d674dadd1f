{{ config(materialized='materialized_view', dist='customer_id', sort=['customer_id'], auto_refresh=false) }}

select
    customer_id,
    sum(amount) as total
from {{ ref('by_day') }}
group by 1
