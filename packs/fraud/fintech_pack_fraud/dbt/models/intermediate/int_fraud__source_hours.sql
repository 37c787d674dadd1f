{{ config(materialized='table') }}

{#- How many log-ins came from each source in each hour, and whether there is anything to look into. -#}
with

logins as (

    select
        source_type,
        source_id,
        hour_ts,
        event_date_local,
        user_key,
        is_failure
    from {{ ref('int_fraud__source_logins') }}

),

hours as (

    select
        source_type,
        source_id,
        hour_ts,
        event_date_local,
        count(*) as attempt_count,
        case when min(user_key) <> max(user_key) or sum(is_failure) >= 2 then 1 else 0 end as is_notable
    from logins
    group by
        source_type,
        source_id,
        hour_ts,
        event_date_local

)

select * from hours
