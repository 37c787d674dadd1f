{{ config(materialized='ephemeral') }}

{#-
    From when to when something that a thief would do was a customer's last of its kind: a successful log-in by a
    device that was not known for long, or a change of a credential or of contact data.
-#}
with

login_activity as (

    select
        customer_id,
        device_id,
        event_type,
        event_ts
    from {{ ref('core', 'login_activity') }}
    where
        is_excluded = 0
        and customer_id is not null
        and coalesce(outcome, 'success') = 'success'

),

with_first_uses as (

    select
        customer_id,
        event_ts,
        min(event_ts) over (partition by customer_id, device_id) as device_used_at
    from login_activity
    where
        event_type = 'login'
        and device_id is not null

),

signs as (

    select
        'device' as kind_of_sign,
        customer_id,
        event_ts
    from with_first_uses
    where event_ts < {{ dbt.dateadd('hour', var('new_device_hours') | int, 'device_used_at') }}
    union
    select
        'credential' as kind_of_sign,
        customer_id,
        event_ts
    from login_activity
    where event_type in (
        'password_change', 'password_reset', 'mfa_enroll', 'mfa_disable', 'email_change', 'phone_change',
        'address_change'
    )

),

periods as (

    select
        kind_of_sign,
        customer_id,
        event_ts as begins_at,
        coalesce(
            lead(event_ts) over (partition by kind_of_sign, customer_id order by event_ts),
            cast('9999-12-31 00:00:00' as timestamp)
        ) as ends_at
    from signs

)

select * from periods
