{{ config(materialized='ephemeral') }}

{#- What happened in the notable hours of the days to build. -#}
with

hours as (

    select
        source_type,
        source_id,
        hour_ts,
        event_date_local
    from {{ ref('int_fraud__source_hours') }}
    where
        is_notable = 1
        and event_date_local >= {{ fraud__first_day('login_activity') }}

),

logins as (

    select * from {{ ref('int_fraud__source_logins') }}

),

notable_logins as (

    select logins.*
    from logins
    inner join hours
        on logins.source_type = hours.source_type
        and logins.source_id = hours.source_id
        and logins.hour_ts = hours.hour_ts
        and logins.event_date_local = hours.event_date_local

),

users as (

    select
        source_type,
        source_id,
        hour_ts,
        event_date_local,
        user_key,
        case
            when
                count(*) >= {{ var('brute_force_count') }}
                and sum(is_failure) >= {{ var('brute_force_failed_ratio') }} * count(*)
                then 1
            else 0
        end as is_forced,
        case
            when max(case when is_success = 1 then event_ts end) > min(case when is_failure = 1 then event_ts end)
                then 1
            else 0
        end as succeeded_after_failure
    from notable_logins
    group by
        source_type,
        source_id,
        hour_ts,
        event_date_local,
        user_key

),

user_facts as (

    select
        source_type,
        source_id,
        hour_ts,
        event_date_local,
        count(user_key) as distinct_user_count,
        max(is_forced) as has_forced_user,
        sum(succeeded_after_failure) as success_after_failure_count
    from users
    group by
        source_type,
        source_id,
        hour_ts,
        event_date_local

),

hour_facts as (

    select
        source_type,
        source_id,
        hour_ts,
        event_date_local,
        count(*) as attempt_count,
        sum(is_failure) as failed_count,
        sum(case when failure_reason = 'unknown_user' then 1 else 0 end) as unknown_user_count,
        count(distinct user_agent_hash) as distinct_user_agent_count,
        count(distinct ip_prefix) as distinct_ip_prefix_count,
        max(source_batch_id) as source_batch_id
    from notable_logins
    group by
        source_type,
        source_id,
        hour_ts,
        event_date_local

),

final as (

    select
        hour_facts.*,
        user_facts.distinct_user_count,
        user_facts.has_forced_user,
        user_facts.success_after_failure_count
    from hour_facts
    inner join user_facts
        on hour_facts.source_type = user_facts.source_type
        and hour_facts.source_id = user_facts.source_id
        and hour_facts.hour_ts = user_facts.hour_ts
        and hour_facts.event_date_local = user_facts.event_date_local

)

select * from final
