{{ config(materialized='table') }}

{#-
    A customer belongs to a window of W days from an activity until W days after it, unless the next one comes before.
    Plus one where that begins, minus one where it ends: the running sum is the distinct count, without a distinct.
    Users of the day itself are counted as they are. One row per day, channel and segment with a change; in segment
    ALL, too.
-#}
{% set windows = {'weekly_change': 7, 'monthly_change': 28, 'thirty_day_change': 30} -%}
{% set measures = [
    'daily_users', 'digital_users', 'weekly_change', 'monthly_change', 'thirty_day_change', 'new_change', 'retained_change'
] -%}
with

activity as (

    select
        channel,
        segment,
        activity_date,
        is_digital,
        days_since_previous,
        days_to_next,
        source_batch_id
    from {{ ref('int_engagement__active_days') }}

),

retained as (

    select
        channel,
        segment,
        first_date,
        last_date
    from {{ ref('int_engagement__retained_intervals') }}

),

changes as (

    select
        channel,
        segment,
        activity_date as change_date,
        count(*) as daily_users,
        sum(is_digital) as digital_users,
        {% for name, days in windows.items() -%}
        sum(case when coalesce(days_since_previous, {{ days }}) >= {{ days }} then 1 else 0 end) as {{ name }},
        {% endfor -%}
        sum(case when days_since_previous is null then 1 else 0 end) as new_change,
        0 as retained_change,
        max(source_batch_id) as source_batch_id
    from activity
    group by channel, segment, activity_date

    {% for name, days in windows.items() -%}
    union all

    select
        channel,
        segment,
        {{ core.add_days('activity_date', days) }} as change_date,
        {% for measure in measures -%}
        {{ '-count(*)' if measure == name else '0' }} as {{ measure }},
        {% endfor -%}
        0 as source_batch_id
    from activity
    where coalesce(days_to_next, {{ days }}) >= {{ days }}
    group by channel, segment, activity_date

    {% endfor -%}
    union all

    select
        channel,
        segment,
        {{ core.add_days('activity_date', 28) }} as change_date,
        {% for measure in measures -%}
        {{ '-count(*)' if measure == 'new_change' else '0' }} as {{ measure }},
        {% endfor -%}
        0 as source_batch_id
    from activity
    where days_since_previous is null
    group by channel, segment, activity_date

    union all

    select
        channel,
        segment,
        first_date as change_date,
        {% for measure in measures -%}
        {{ 'count(*)' if measure == 'retained_change' else '0' }} as {{ measure }},
        {% endfor -%}
        0 as source_batch_id
    from retained
    group by channel, segment, first_date

    union all

    select
        channel,
        segment,
        {{ core.add_days('last_date', 1) }} as change_date,
        {% for measure in measures -%}
        {{ '-count(*)' if measure == 'retained_change' else '0' }} as {{ measure }},
        {% endfor -%}
        0 as source_batch_id
    from retained
    group by channel, segment, last_date

),

by_segment as (

    select
        channel,
        segment,
        change_date,
        {% for measure in measures -%}
        sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        max(source_batch_id) as source_batch_id
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
        {% for measure in measures -%}
        sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        max(source_batch_id) as source_batch_id
    from by_segment
    group by channel, change_date

)

select * from with_all_segments
