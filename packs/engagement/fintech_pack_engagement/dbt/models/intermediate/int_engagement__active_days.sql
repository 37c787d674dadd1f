{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='activity_date',
    meta={
        'event_table': ['transactions', 'login_activity', 'digital_events'],
        'reach_days': 36500,
        'reach_back_days': 30
    }
) }}

{#-
    The active days of each customer in each channel and in any of them (ALL), with the active day before. A late act
    may be the day before any later one, so every day from the first touched one on is built again. One row per
    customer, channel and active day.
-#}
with

activity as (

    select
        customer_id,
        channel,
        activity_date,
        case when digital_count > 0 then 1 else 0 end as is_digital,
        case when login_count > 0 then 1 else 0 end as has_login,
        source_batch_id
    from {{ ref('engagement__activity_daily') }}
    where
        is_active = 1
        and {{ engagement__is_built_again('activity_date') }}

),

earlier as (

    select
        customer_id,
        channel,
        max(activity_date) as latest_date
    from {{ ref('engagement__activity_daily') }}
    where
        is_active = 1
        and not {{ engagement__is_built_again('activity_date') }}
    group by customer_id, channel

),

earlier_in_any_channel as (

    select
        customer_id,
        channel,
        latest_date
    from earlier

    union all

    select
        customer_id,
        'ALL' as channel,
        max(latest_date) as latest_date
    from earlier
    group by customer_id

),

in_any_channel as (

    select
        customer_id,
        channel,
        activity_date,
        is_digital,
        has_login,
        source_batch_id
    from activity

    union all

    select
        customer_id,
        'ALL' as channel,
        activity_date,
        max(is_digital) as is_digital,
        max(has_login) as has_login,
        max(source_batch_id) as source_batch_id
    from activity
    group by customer_id, activity_date

),

with_previous as (

    select
        in_any_channel.*,
        lag(activity_date) over (partition by customer_id, channel order by activity_date) as previous_date
    from in_any_channel

),

final as (

    select
        with_previous.customer_id,
        cast(with_previous.channel as varchar(12)) as channel,
        with_previous.activity_date,
        cast(with_previous.is_digital as smallint) as is_digital,
        cast(with_previous.has_login as smallint) as has_login,
        coalesce(with_previous.previous_date, earlier_in_any_channel.latest_date) as previous_date,
        with_previous.source_batch_id
    from with_previous
    left join earlier_in_any_channel
        on with_previous.customer_id = earlier_in_any_channel.customer_id
        and with_previous.channel = earlier_in_any_channel.channel

)

select * from final
