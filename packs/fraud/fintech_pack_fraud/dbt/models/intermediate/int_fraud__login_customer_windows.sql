{{ config(materialized='ephemeral') }}

with

logins as (

    select
        login_id,
        customer_id,
        event_ts,
        event_type,
        is_success,
        is_failure,
        case when mfa_result in ('failure', 'failed', 'denied') or failure_reason = 'mfa_failed' then 1 else 0 end
            as is_mfa_failure,
        case
            when event_type <> 'login' then 0
            when outcome = 'challenged' or mfa_result in ('failed', 'denied', 'timed_out') then 1
            else 0
        end as is_challenge,
        case when event_type = 'password_reset' then 1 else 0 end as is_reset,
        case when is_success = 1 then event_ts end as succeeded_at,
        case when event_type = 'login' then ip_country end as login_country,
        ip_prefix,
        device_id
    from {{ ref('int_fraud__logins') }}
    where customer_id is not null

),

with_failures as (

    select
        logins.*,
        sum(is_failure) over (
            partition by customer_id order by event_ts, login_id rows between unbounded preceding and current row
        ) as failed_so_far
    from logins

),

with_values as (

    select
        with_failures.*,
        case when is_success = 1 then failed_so_far end as failed_by_success
    from with_failures

),

with_windows as (

    {{ fraud__sliding_sums(
        relation='with_values',
        key='customer_id',
        timestamp='event_ts',
        windows={'5m': 300, '10m': 600, '1h': 3600, '24h': 86400, '7d': 604800, '30d': 2592000},
        measures={
            'failed_count': {'value': 'is_failure', 'type': 'integer', 'windows': ['5m', '1h', '24h', '30d']},
            'success_count': {'value': 'is_success', 'type': 'integer', 'windows': ['24h']},
            'challenge_count': {'value': 'is_challenge', 'type': 'integer', 'windows': ['10m']},
            'mfa_failed_count': {'value': 'is_mfa_failure', 'type': 'integer', 'windows': ['1h']},
            'password_reset_count': {'value': 'is_reset', 'type': 'integer', 'windows': ['24h']},
        },
        distinct=[
            {'name': 'distinct_ip_count', 'value': 'ip_prefix', 'window': '24h'},
            {'name': 'distinct_device_count', 'value': 'device_id', 'window': '7d'},
            {'name': 'distinct_country_count', 'value': 'login_country', 'window': '24h'},
        ],
        last_before=[
            {'name': 'succeeded_before_at', 'value': 'succeeded_at', 'tie': 'login_id'},
            {'name': 'failed_before_success', 'value': 'failed_by_success', 'tie': 'login_id'},
        ],
        keep=['login_id', 'event_type', 'failed_so_far']
    ) }}

),

final as (

    select
        login_id,
        succeeded_before_at,
        failed_count_5m,
        failed_count_1h,
        failed_count_24h,
        success_count_24h,
        mfa_failed_count_1h,
        challenge_count_10m,
        password_reset_count_24h,
        distinct_ip_count_24h,
        distinct_device_count_7d,
        distinct_country_count_24h,
        {# Failures without a success between them; those of more than 30 days ago are left out. #}
        cast(least(failed_so_far - coalesce(failed_before_success, 0), failed_count_30d) as integer)
            as failed_streak_count
    from with_windows
    where event_type = 'login'

)

select * from final
