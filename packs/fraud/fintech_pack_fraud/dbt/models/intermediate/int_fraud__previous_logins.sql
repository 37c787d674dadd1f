{{ config(materialized='ephemeral') }}

{#- The last successful log-in of each customer before the days that the windows read. -#}
with

previous_logins as (

    select
        customer_id,
        max(event_ts) as succeeded_before_at
    from {{ ref('stg_fraud__logins') }}
    where
        is_success = 1
        and customer_id is not null
        and event_date_local < {{ fraud__first_login_day_to_read() }}
    group by customer_id

)

select * from previous_logins
