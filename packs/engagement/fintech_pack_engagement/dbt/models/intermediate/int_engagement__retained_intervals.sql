{#-
    Membership of the 28-day window as intervals, and where it meets the same membership 28 days before: who was active
    in both windows. Intervals keep the work with the number of pauses, not with the number of days. One row per
    customer, channel and interval.
-#}
with

edges as (

    select
        customer_id,
        channel,
        segment,
        activity_date,
        case when coalesce(days_since_previous, 28) >= 28 then 1 else 0 end as is_first,
        case when coalesce(days_to_next, 28) >= 28 then 1 else 0 end as is_last
    from {{ ref('int_engagement__active_days') }}
    where
        coalesce(days_since_previous, 28) >= 28
        or coalesce(days_to_next, 28) >= 28

),

with_next_edge as (

    select
        edges.*,
        lead(activity_date) over (partition by customer_id, channel order by activity_date) as next_edge_date
    from edges

),

memberships as (

    select
        customer_id,
        channel,
        segment,
        activity_date as first_date,
        {{ core.add_days('case when is_last = 1 then activity_date else next_edge_date end', 27) }} as last_date
    from with_next_edge
    where is_first = 1

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
