{{ config(materialized='table') }}

{#-
    A customer belongs to a window of W days from an activity until W days after it, unless the next one comes before.
    Plus one where that begins, minus one where it ends: the running sum is the distinct count, without a distinct.
    Users of the day itself are counted as they are. One row per day, channel and segment with a change; in segment
    ALL, too.
-#}
{% set windows = engagement__windows() -%}
with

active_days as (

    select
        customer_id,
        channel,
        activity_date,
        is_digital,
        previous_date,
        {{ dbt.datediff('previous_date', 'activity_date', 'day') }} as days_since_previous,
        source_batch_id
    from {{ ref('int_engagement__active_days') }}

),

segments as (

    select
        customer_id,
        segment
    from {{ ref('int_engagement__relationships') }}

),

spans as (

    select
        channel,
        segment,
        first_date,
        last_date
    from {{ ref('int_engagement__active_spans') }}

),

retained as (

    select
        channel,
        segment,
        first_date,
        last_date
    from {{ ref('int_engagement__retained_intervals') }}

),

activity as (

    select
        active_days.*,
        segments.segment
    from active_days
    inner join segments
        on active_days.customer_id = segments.customer_id

),

{# Where a window may end between two active days, and after the last one. #}
endings as (

    select
        channel,
        segment,
        previous_date as last_date,
        days_since_previous as days_to_next
    from activity
    where days_since_previous >= 7

    union all

    select
        channel,
        segment,
        last_date,
        null as days_to_next
    from spans

),

changes as (

    select
        channel,
        segment,
        activity_date as change_date,
        count(*) as daily_users,
        sum(is_digital) as digital_users,
        {% for change, days in windows.items() -%}
        sum(case when coalesce(days_since_previous, {{ days }}) >= {{ days }} then 1 else 0 end) as {{ change }},
        {% endfor -%}
        sum(case when previous_date is null then 1 else 0 end) as new_change,
        0 as retained_change,
        max(source_batch_id) as source_batch_id
    from activity
    group by channel, segment, activity_date

    {% for change, days in windows.items() -%}
    union all

    select
        channel,
        segment,
        {{ core.add_days('last_date', days) }} as change_date,
        {{ engagement__one_change(change, '-count(*)') }}
    from endings
    where coalesce(days_to_next, {{ days }}) >= {{ days }}
    group by channel, segment, last_date

    {% endfor -%}
    union all

    select
        channel,
        segment,
        {{ core.add_days('first_date', 28) }} as change_date,
        {{ engagement__one_change('new_change', '-count(*)') }}
    from spans
    group by channel, segment, first_date

    union all

    select
        channel,
        segment,
        first_date as change_date,
        {{ engagement__one_change('retained_change', 'count(*)') }}
    from retained
    group by channel, segment, first_date

    union all

    select
        channel,
        segment,
        {{ core.add_days('last_date', 1) }} as change_date,
        {{ engagement__one_change('retained_change', '-count(*)') }}
    from retained
    group by channel, segment, last_date

),

by_segment as (

    select
        channel,
        segment,
        change_date,
        {{ engagement__summed_changes() }}
    from changes
    group by channel, segment, change_date

),

with_all_segments as (

    select * from by_segment

    union all

    select
        channel,
        'ALL' as segment,
        change_date,
        {{ engagement__summed_changes() }}
    from by_segment
    group by channel, change_date

)

select * from with_all_segments
