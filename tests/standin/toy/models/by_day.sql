{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='transaction_id',
    dist='transaction_id', sort='occurred_at'
) }}

select * from {{ ref('stg_payments') }}
{% if is_incremental() %}
where occurred_at >= (select {{ dbt.dateadd('day', -3, 'max(occurred_at)') }} from {{ this }})
{% endif %}
