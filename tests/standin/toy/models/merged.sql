{{ config(materialized='incremental', incremental_strategy='merge', unique_key='customer_id') }}

select
    customer_id,
    sum(amount) as total
from {{ ref('stg_payments') }}
group by 1
