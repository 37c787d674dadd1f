{{ config(materialized='ephemeral') }}

{#- What each user tried from each source in each hour. A source is an address range, a network or a device. -#}
{%- set sources_of_logins = {'ip_prefix': 'ip_prefix', 'asn': 'asn', 'device': 'device_id'} -%}
with

logins as (

    select
        user_key,
        event_ts,
        event_date_local,
        failure_reason,
        user_agent_hash,
        device_id,
        ip_prefix,
        asn,
        is_success,
        is_failure,
        source_batch_id,
        {{ dbt.date_trunc('hour', 'event_ts') }} as hour_ts
    from {{ ref('int_fraud__logins') }}
    where event_type = 'login'

),

by_source as (

    {% for kind in sources_of_logins -%}
    select
        '{{ kind }}' as source_type,
        {{ core.hash('device_id') if kind == 'device' else sources_of_logins[kind] }} as source_key,
        logins.*
    from logins
    where {{ sources_of_logins[kind] }} is not null
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

users as (

    select
        source_type,
        source_key,
        hour_ts,
        event_date_local,
        user_key,
        count(*) as attempt_count,
        sum(is_failure) as failed_count,
        sum(case when failure_reason = 'unknown_user' then 1 else 0 end) as unknown_user_count,
        min(case when is_failure = 1 then event_ts end) as first_failed_at,
        max(case when is_success = 1 then event_ts end) as last_succeeded_at,
        max(source_batch_id) as source_batch_id
    from by_source
    group by
        source_type,
        source_key,
        hour_ts,
        event_date_local,
        user_key

),

variety as (

    select
        source_type,
        source_key,
        hour_ts,
        event_date_local,
        count(distinct user_agent_hash) as distinct_user_agent_count,
        count(distinct ip_prefix) as distinct_ip_prefix_count
    from by_source
    group by
        source_type,
        source_key,
        hour_ts,
        event_date_local

),

final as (

    select
        users.*,
        variety.distinct_user_agent_count,
        variety.distinct_ip_prefix_count
    from users
    inner join variety
        on users.source_type = variety.source_type
        and users.source_key = variety.source_key
        and users.hour_ts = variety.hour_ts
        and users.event_date_local = variety.event_date_local

)

select * from final
