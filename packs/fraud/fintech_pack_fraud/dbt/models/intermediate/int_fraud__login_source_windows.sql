{{ config(materialized='ephemeral') }}

with

logins as (

    select
        login_id,
        customer_id,
        ip_prefix,
        ip_country,
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
        keep=['login_id']
    ) }}

),

{{ fraud__variety(
    'ip_distinct_user_count', 'logins', 'ip_prefix', 'user_key', 'event_ts', '1h', 3600, 'login_id'
) }},

{{ fraud__variety(
    'device_distinct_user_count', 'logins', 'device_id', 'user_key', 'event_ts', '30d', 2592000, 'login_id'
) }},

{{ fraud__variety(
    'distinct_country_count', 'logins', 'customer_id', 'ip_country', 'event_ts', '24h', 86400, 'login_id'
) }},

final as (

    select
        logins.login_id,
        ip_distinct_user_count.ip_distinct_user_count_1h,
        {{ fraud__ratio('addresses.ip_failed_count_1h', 'addresses.ip_login_count_1h') }} as ip_failed_ratio_1h,
        device_distinct_user_count.device_distinct_user_count_30d,
        distinct_country_count.distinct_country_count_24h
    from logins
    left join addresses
        on logins.login_id = addresses.login_id
    left join ip_distinct_user_count
        on logins.login_id = ip_distinct_user_count.login_id
    left join device_distinct_user_count
        on logins.login_id = device_distinct_user_count.login_id
    left join distinct_country_count
        on logins.login_id = distinct_country_count.login_id

)

select * from final
