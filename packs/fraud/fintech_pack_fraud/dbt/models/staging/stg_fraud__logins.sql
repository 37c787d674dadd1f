{{ config(materialized='view') }}

with

login_activity as (

    select
        login_id,
        customer_id,
        coalesce(username_hash, customer_id) as user_key,
        event_ts,
        event_date_local,
        event_type,
        outcome,
        failure_reason,
        mfa_result,
        channel,
        device_id,
        user_agent_hash,
        ip_prefix,
        asn,
        ip_country,
        is_vpn_proxy,
        is_hosting_asn,
        source_batch_id,
        case when event_type = 'login' and outcome = 'success' then 1 else 0 end as is_success,
        case when event_type = 'login' and outcome in ('failure', 'blocked') then 1 else 0 end as is_failure
    from {{ ref('core', 'login_activity') }}
    where
        is_excluded = 0
        and event_type in ('login', 'password_reset')

)

select * from login_activity
