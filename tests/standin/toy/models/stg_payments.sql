{{ config(materialized='view', bind=false) }}

select
    transaction_id,
    customer_id,
    cast(amount as decimal(18, 2)) as amount,
    country,
    cast(occurred_at as timestamp) as occurred_at,
    {{ dbt.date_trunc('day', 'occurred_at') }} as occurred_on
from {{ ref('payments') }}
