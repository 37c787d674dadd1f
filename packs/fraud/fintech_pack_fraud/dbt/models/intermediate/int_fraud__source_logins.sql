{{ config(materialized='ephemeral') }}

{#- Log-ins by where they came from: each once by its address range, its network and its device. -#}
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
        {{ sources_of_logins[kind] }} as source_id,
        user_key,
        event_ts,
        event_date_local,
        failure_reason,
        user_agent_hash,
        ip_prefix,
        is_success,
        is_failure,
        source_batch_id,
        hour_ts
    from logins
    where {{ sources_of_logins[kind] }} is not null
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

)

select * from by_source
