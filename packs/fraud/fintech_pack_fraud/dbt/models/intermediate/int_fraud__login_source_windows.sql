{{ config(materialized='ephemeral') }}

with

logins as (

    select
        login_id,
        ip_prefix,
        device_id,
        user_key,
        event_ts,
        is_failure
    from {{ ref('int_fraud__logins') }}
    where event_type = 'login'

),

address_logins as (

    select
        login_id,
        ip_prefix,
        user_key,
        event_ts,
        is_failure
    from logins
    where ip_prefix is not null

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

{# Most devices have one user only: their log-ins say 1 without a window. #}
devices_of_several as (

    select device_id
    from logins
    where device_id is not null
    group by device_id
    having min(user_key) <> max(user_key) or count(user_key) < count(*)

),

device_logins as (

    select
        logins.login_id,
        logins.device_id,
        logins.user_key,
        logins.event_ts
    from logins
    inner join devices_of_several
        on logins.device_id = devices_of_several.device_id

),

devices as (

    {{ core.sliding_distinct(
        relation='device_logins',
        key='device_id',
        value='user_key',
        timestamp='event_ts',
        windows={'30d': 2592000},
        name='device_distinct_user_count',
        keep=['login_id']
    ) }}

),

final as (

    select
        logins.login_id,
        addresses.ip_distinct_user_count_1h,
        {{ fraud__ratio('addresses.ip_failed_count_1h', 'addresses.ip_login_count_1h') }} as ip_failed_ratio_1h,
        cast(
            case when logins.device_id is not null then coalesce(devices.device_distinct_user_count_30d, 1) end
            as integer
        ) as device_distinct_user_count_30d
    from logins
    left join addresses
        on logins.login_id = addresses.login_id
    left join devices
        on logins.login_id = devices.login_id

)

select * from final
