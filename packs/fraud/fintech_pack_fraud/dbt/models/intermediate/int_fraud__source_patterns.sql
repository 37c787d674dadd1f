{{ config(materialized='ephemeral') }}

{#- Hours of sources with the patterns they show, whatever is usual for them. -#}
with

hours as (

    select * from {{ ref('int_fraud__source_facts') }}

),

slow_networks as (

    select
        asn,
        event_date_local
    from {{ ref('int_fraud__slow_networks') }}

),

shared_prefixes as (

    select distinct ip_prefix
    from {{ ref('core', 'shared_ip_prefixes') }}

),

patterns as (

    select
        hours.*,
        case when shared_prefixes.ip_prefix is not null then 1 else 0 end as is_shared_source,
        case
            when
                hours.distinct_user_count >= {{ var('stuffing_user_count') }}
                and hours.failed_count >= {{ var('stuffing_failed_ratio') }} * hours.attempt_count
                and hours.attempt_count <= {{ var('stuffing_attempts_per_user') }} * hours.distinct_user_count
                then 1
            else 0
        end as shows_stuffing,
        case
            when
                hours.source_type = 'asn'
                and hours.distinct_user_count >= {{ var('spraying_user_count') }}
                and hours.failed_count >= {{ var('stuffing_failed_ratio') }} * hours.attempt_count
                and hours.attempt_count <= {{ var('spraying_attempts_per_user') }} * hours.distinct_user_count
                and hours.distinct_ip_prefix_count >= {{ var('spraying_prefix_count') }}
                then 1
            else 0
        end as shows_spraying,
        hours.has_forced_user as shows_brute_force,
        case when slow_networks.asn is not null then 1 else 0 end as shows_low_and_slow
    from hours
    left join slow_networks
        on hours.source_type = 'asn'
        and hours.source_id = slow_networks.asn
        and hours.event_date_local = slow_networks.event_date_local
    left join shared_prefixes
        on hours.source_type = 'ip_prefix'
        and hours.source_id = shared_prefixes.ip_prefix

)

select * from patterns
