{{ config(materialized='table') }}

{#-
    Log-ins by day, channel and segment, with ALL for every channel and every segment. A median does not add up, so each
    combination is computed from the log-ins themselves. One row per day, channel and segment with a log-in.
-#}
with

logins as (

    select
        customer_id,
        event_date_local,
        channel,
        is_attempt,
        is_login,
        session_seconds
    from {{ ref('stg_engagement__digital_activity') }}
    where is_attempt = 1

),

segments as (

    select
        customer_id,
        segment
    from {{ ref('int_engagement__relationships') }}

),

with_segment as (

    select
        logins.event_date_local as activity_date,
        logins.channel,
        segments.segment,
        logins.is_attempt,
        logins.is_login,
        logins.session_seconds
    from logins
    inner join segments
        on logins.customer_id = segments.customer_id

),

{% for name, channel, segment in [
    ('by_channel_and_segment', 'channel', 'segment'),
    ('by_channel', 'channel', "'ALL'"),
    ('by_segment', "'ALL'", 'segment'),
    ('in_all', "'ALL'", "'ALL'"),
] -%}
{{ name }} as (

    select
        activity_date,
        {{ channel }} as channel,
        {{ segment }} as segment,
        sum(is_attempt) as login_attempt_count,
        sum(is_login) as login_count,
        percentile_cont(0.5) within group (order by cast(session_seconds as double precision)) as session_seconds_median
    from with_segment
    group by activity_date{{ ', channel' if channel == 'channel' }}{{ ', segment' if segment == 'segment' }}

),

{% endfor -%}
combined as (

    select * from by_channel_and_segment
    union all
    select * from by_channel
    union all
    select * from by_segment
    union all
    select * from in_all

)

select * from combined
