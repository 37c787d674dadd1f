{{ config(materialized='ephemeral') }}

with

address_logins as (

    select
        login_id,
        ip_prefix,
        user_key,
        event_ts,
        is_failure
    from {{ ref('int_fraud__logins') }}
    where
        ip_prefix is not null
        and event_type = 'login'

),

device_logins as (

    select
        login_id,
        device_id,
        user_key,
        event_ts
    from {{ ref('int_fraud__logins') }}
    where
        device_id is not null
        and event_type = 'login'

),

addresses as (

    {{ fraud__sliding_sums(
        relation='address_logins',
        key='ip_prefix',
        timestamp='event_ts',
        windows={'1h': 3600},
        measures={
            'ip_login_count': {'value': '1', 'type': 'integer', 'windows': ['1h']},
            'ip_failed_count': {'value': 'is_failure', 'type': 'integer', 'windows': ['1h']},
        },
        distinct=[{'name': 'ip_distinct_user_count', 'value': 'user_key', 'window': '1h'}],
        keep=['login_id']
    ) }}

),

devices as (

    {{ fraud__sliding_sums(
        relation='device_logins',
        key='device_id',
        timestamp='event_ts',
        windows={'30d': 2592000},
        measures={},
        distinct=[{'name': 'device_distinct_user_count', 'value': 'user_key', 'window': '30d'}],
        keep=['login_id']
    ) }}

),

final as (

    select
        coalesce(addresses.login_id, devices.login_id) as login_id,
        addresses.ip_distinct_user_count_1h,
        cast(cast(addresses.ip_failed_count_1h as double precision) / addresses.ip_login_count_1h as decimal(18, 6))
            as ip_failed_ratio_1h,
        devices.device_distinct_user_count_30d
    from addresses
    full outer join devices
        on addresses.login_id = devices.login_id

)

select * from final
