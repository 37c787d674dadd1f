{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    meta={'event_table': 'login_activity', 'reach_days': 36500, 'time_column': 'hour_ts'}
) }}

with

patterns as (

    select * from {{ ref('int_fraud__source_patterns') }}

),

earlier_hours as (

    select
        source_type,
        source_id,
        hour_ts,
        attempt_count
    from {{ ref('int_fraud__source_hours') }}

),

{# What is usual matters only where something shows. #}
usual_hours as (

    select
        patterns.source_type,
        patterns.source_id,
        patterns.hour_ts,
        percentile_cont(0.5) within group (order by cast(earlier_hours.attempt_count as double precision))
            as usual_attempt_count
    from patterns
    inner join earlier_hours
        on patterns.source_type = earlier_hours.source_type
        and patterns.source_id = earlier_hours.source_id
        and patterns.hour_ts > earlier_hours.hour_ts
        and {{ dbt.dateadd('day', -28, 'patterns.hour_ts') }} <= earlier_hours.hour_ts
    where
        patterns.shows_stuffing + patterns.shows_spraying + patterns.shows_brute_force
        + patterns.shows_low_and_slow > 0
    group by
        patterns.source_type,
        patterns.source_id,
        patterns.hour_ts

),

compared as (

    select
        patterns.*,
        usual_hours.usual_attempt_count,
        case
            when patterns.is_shared_source = 1 then 0
            when patterns.attempt_count > {{ var('source_multiple') }} * coalesce(usual_hours.usual_attempt_count, 0)
                then 1
            else 0
        end as is_unusual
    from patterns
    left join usual_hours
        on patterns.source_type = usual_hours.source_type
        and patterns.source_id = usual_hours.source_id
        and patterns.hour_ts = usual_hours.hour_ts

),

final as (

    select
        cast(source_type as varchar(12)) as source_type,
        {# A device belongs to a person: its hash tells it apart as well. #}
        cast(case when source_type = 'device' then {{ core.hash('source_id') }} else source_id end as varchar(64))
            as source_key,
        hour_ts,
        event_date_local,
        cast(attempt_count as integer) as attempt_count,
        cast(distinct_user_count as integer) as distinct_user_count,
        cast(failed_count as integer) as failed_count,
        {{ fraud__ratio('failed_count', 'attempt_count') }} as failed_ratio,
        {{ fraud__ratio('unknown_user_count', 'attempt_count') }} as unknown_user_ratio,
        cast(distinct_user_agent_count as integer) as distinct_user_agent_count,
        cast(distinct_ip_prefix_count as integer) as distinct_ip_prefix_count,
        cast(success_after_failure_count as integer) as success_after_failure_count,
        cast(usual_attempt_count as decimal(18, 2)) as usual_attempt_count,
        cast(is_shared_source as smallint) as is_shared_source,
        cast(shows_stuffing * is_unusual as smallint) as credential_stuffing_flag,
        cast(shows_spraying * is_unusual as smallint) as password_spraying_flag,
        cast(shows_brute_force * is_unusual as smallint) as brute_force_flag,
        cast(shows_low_and_slow * (1 - is_shared_source) as smallint) as low_and_slow_flag,
        {# Users who got in after a failure, counted as compromised only where an attack shows. #}
        cast(
            case
                when (shows_stuffing + shows_spraying + shows_brute_force) * is_unusual > 0
                    then success_after_failure_count
                else 0
            end
            as integer
        ) as compromised_user_estimate,
        {{ fraud__login_capability_flags() }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(source_batch_id as integer) as source_batch_id
    from compared

)

select * from final
