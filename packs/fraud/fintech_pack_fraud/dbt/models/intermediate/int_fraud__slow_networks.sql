{{ config(materialized='ephemeral') }}

{#- Networks that tried many users in a day and few times from any one address range. -#}
with

logins as (

    select
        asn,
        ip_prefix,
        user_key,
        event_date_local,
        is_failure
    from {{ ref('int_fraud__logins') }}
    where
        event_type = 'login'
        and asn is not null

),

prefixes as (

    select
        asn,
        event_date_local,
        ip_prefix,
        count(*) as attempt_count
    from logins
    group by
        asn,
        event_date_local,
        ip_prefix

),

busiest_prefixes as (

    select
        asn,
        event_date_local,
        max(attempt_count) as attempt_count
    from prefixes
    group by
        asn,
        event_date_local

),

networks as (

    select
        asn,
        event_date_local,
        count(distinct user_key) as distinct_user_count,
        count(*) as attempt_count,
        sum(is_failure) as failed_count
    from logins
    group by
        asn,
        event_date_local

),

final as (

    select
        networks.asn,
        networks.event_date_local
    from networks
    inner join busiest_prefixes
        on networks.asn = busiest_prefixes.asn
        and networks.event_date_local = busiest_prefixes.event_date_local
    where
        networks.distinct_user_count >= {{ var('slow_user_count') }}
        and busiest_prefixes.attempt_count < {{ var('slow_prefix_attempts') }}
        and networks.failed_count >= {{ var('stuffing_failed_ratio') }} * networks.attempt_count

)

select * from final
