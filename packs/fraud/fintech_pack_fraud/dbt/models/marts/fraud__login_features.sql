{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    meta={'event_table': 'login_activity', 'reach_days': 36500, 'time_column': 'event_ts'}
) }}

with

logins as (

    select * from {{ ref('int_fraud__logins_compared') }}

),

features as (

    select
        login_id,
        customer_id,
        event_ts,
        event_date_local,
        cast(channel as varchar(12)) as channel,
        cast(outcome as varchar(12)) as outcome,
        failed_count_5m,
        failed_count_1h,
        failed_count_24h,
        failed_streak_count,
        success_count_24h,
        {{ fraud__when_mapped('login_activity', 'ip_prefix', 'distinct_ip_count_24h', 'integer') }}
            as distinct_ip_count_24h,
        {{ fraud__when_mapped('login_activity', 'device_id', 'distinct_device_count_7d', 'integer') }}
            as distinct_device_count_7d,
        {{ fraud__when_mapped('login_activity', 'ip_country', 'distinct_country_count_24h', 'integer') }}
            as distinct_country_count_24h,
        is_new_device,
        is_new_ip_prefix,
        is_new_asn,
        is_new_country,
        {{ fraud__time_since('succeeded_before_at', 86400) }} as days_since_last_success,
        {{ fraud__when_mapped('login_activity', 'mfa_result', 'mfa_failed_count_1h', 'integer') }}
            as mfa_failed_count_1h,
        {{ fraud__when_mapped('login_activity', 'mfa_result', 'challenge_count_10m', 'integer') }}
            as mfa_challenge_count_10m,
        {{ fraud__when_mapped('login_activity', 'event_type', 'password_reset_count_24h', 'integer') }}
            as password_reset_count_24h,
        cast(
            case
                when is_vpn_proxy = 1 or is_hosting_asn = 1 then 1
                when is_vpn_proxy = 0 or is_hosting_asn = 0 then 0
            end
            as smallint
        ) as is_vpn_or_hosting,
        ip_distinct_user_count_1h,
        ip_failed_ratio_1h,
        device_distinct_user_count_30d,
        {{ fraud__flag('failed_count_1h >= ' ~ var('failed_1h_count'), 'failed_count_1h') }}
            as many_failures_flag,
        {{ fraud__flag('failed_streak_count >= ' ~ var('throttle_evidence_count'), 'failed_streak_count') }}
            as throttle_gap_flag,
        {{ fraud__flag(
            'is_success = 1 and is_new_device = 1 and failed_count_1h >= ' ~ var('failed_then_success_count'),
            'is_new_device'
        ) }} as success_after_failures_flag,
        {{ fraud__flag(
            'is_success = 1 and is_new_device = 1 and is_new_country = 1', 'is_new_device + is_new_country'
        ) }} as new_device_and_country_flag,
        {{ fraud__when_mapped('login_activity', 'mfa_result', fraud__flag(
            'is_success = 1 and challenge_count_10m >= ' ~ var('mfa_challenge_count'), 'challenge_count_10m'
        ), 'smallint') }} as mfa_fatigue_flag,
        {{ fraud__login_capability_flags() }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        source_batch_id
    from logins

)

select * from features
