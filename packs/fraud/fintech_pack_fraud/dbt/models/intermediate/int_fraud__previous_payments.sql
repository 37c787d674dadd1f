{{ config(materialized='ephemeral') }}

{#- The last payment of each account before the days that the windows read. -#}
with

previous_payments as (

    select
        account_id,
        max(event_ts) as paid_before_at
    from {{ ref('stg_fraud__payments') }}
    where
        is_payment = 1
        and event_date_local < {{ fraud__first_day_to_read() }}
    group by account_id

)

select * from previous_payments
