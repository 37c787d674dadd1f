{{ config(materialized='table') }}

with

users as (

    select
        *,
        case
            when
                attempt_count >= {{ var('brute_force_count') }}
                and failed_count >= {{ var('brute_force_failed_ratio') }} * attempt_count
                then 1
            else 0
        end as is_forced
    from {{ ref('int_fraud__source_users') }}

),

hours as (

    select
        source_type,
        source_key,
        hour_ts,
        event_date_local,
        sum(attempt_count) as attempt_count,
        count(user_key) as distinct_user_count,
        sum(failed_count) as failed_count,
        sum(unknown_user_count) as unknown_user_count,
        max(distinct_user_agent_count) as distinct_user_agent_count,
        max(distinct_ip_prefix_count) as distinct_ip_prefix_count,
        sum(case when last_succeeded_at > first_failed_at then 1 else 0 end) as success_after_failure_count,
        max(is_forced) as has_forced_user,
        max(source_batch_id) as source_batch_id
    from users
    group by
        source_type,
        source_key,
        hour_ts,
        event_date_local

)

select * from hours
