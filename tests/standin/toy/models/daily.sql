{{ config(dist='customer_id', sort=['occurred_on', 'customer_id'], sort_type='compound') }}

select
    customer_id,
    cast(occurred_on as date) as occurred_on,
    count(*) as payments,
    sum(amount) as total,
    {{ dbt.listagg('country', "','", 'order by country') }} as countries,
    {{ dbt.datediff('min(occurred_at)', 'max(occurred_at)', 'minute') }} as minutes
from {{ ref('stg_payments') }}
group by 1, 2
