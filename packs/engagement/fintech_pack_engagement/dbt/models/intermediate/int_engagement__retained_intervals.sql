{#-
    Membership of the 28-day window as intervals, and where it meets the same membership 28 days before: who was active
    in both windows. Intervals keep the work with the number of pauses, not with the number of days. One row per
    customer, channel and interval.
-#}
with

beginnings as (

    select
        customer_id,
        channel,
        activity_date,
        previous_date
    from {{ ref('int_engagement__active_days') }}
    where
        previous_date is null
        or {{ dbt.datediff('previous_date', 'activity_date', 'day') }} >= 28

),

spans as (

    select
        customer_id,
        channel,
        segment,
        last_date
    from {{ ref('int_engagement__active_spans') }}

),

with_end as (

    select
        beginnings.customer_id,
        beginnings.channel,
        beginnings.activity_date,
        lead(beginnings.previous_date) over (
            partition by beginnings.customer_id, beginnings.channel
            order by beginnings.activity_date
        ) as last_active_date
    from beginnings

),

memberships as (

    select
        with_end.customer_id,
        with_end.channel,
        spans.segment,
        with_end.activity_date as first_date,
        {{ core.add_days('coalesce(with_end.last_active_date, spans.last_date)', 27) }} as last_date
    from with_end
    inner join spans
        on with_end.customer_id = spans.customer_id
        and with_end.channel = spans.channel

),

shifted as (

    select
        customer_id,
        channel,
        {{ core.add_days('first_date', 28) }} as first_date,
        {{ core.add_days('last_date', 28) }} as last_date
    from memberships

),

retained as (

    select
        memberships.customer_id,
        memberships.channel,
        memberships.segment,
        greatest(memberships.first_date, shifted.first_date) as first_date,
        least(memberships.last_date, shifted.last_date) as last_date
    from memberships
    inner join shifted
        on memberships.customer_id = shifted.customer_id
        and memberships.channel = shifted.channel
        and memberships.first_date <= shifted.last_date
        and memberships.last_date >= shifted.first_date

)

select * from retained
