{{ config(materialized='table') }}

{#-
    How many customers belong to each window on each day: running sums of the changes over every day of the calendar,
    so that a day without activity is a row, too. One row per day, channel and segment.
-#}
with

changes as (

    select
        channel,
        segment,
        change_date,
        daily_users,
        digital_users,
        weekly_change,
        monthly_change,
        thirty_day_change,
        new_change,
        retained_change,
        source_batch_id
    from {{ ref('int_engagement__membership_changes') }}

),

eligible_changes as (

    select
        segment,
        change_date,
        eligible_change
    from {{ ref('int_engagement__eligible_changes') }}

),

calendar as (

    select distinct calendar_date
    from {{ ref('core', 'calendar') }}

),

observed as (

    select
        min(activity_date) as first_date,
        max(activity_date) as last_date
    from {{ ref('engagement__activity_daily') }}

),

cells as (

    select distinct
        channel,
        segment
    from changes

),

every_day as (

    select
        calendar.calendar_date as activity_date,
        cells.channel,
        cells.segment,
        observed.first_date
    from calendar
    inner join observed
        on calendar.calendar_date between observed.first_date and observed.last_date
    cross join cells

),

counted as (

    select
        every_day.activity_date,
        every_day.channel,
        every_day.segment,
        case when {{ dbt.datediff('every_day.first_date', 'every_day.activity_date', 'day') }} >= 27 then 1 else 0 end
            as window_complete_flag,
        cast(coalesce(changes.daily_users, 0) as integer) as daily_active_users,
        cast(coalesce(changes.digital_users, 0) as integer) as digital_active_users,
        {{ engagement__running_sum('weekly_change') }} as weekly_active_users,
        {{ engagement__running_sum('monthly_change') }} as monthly_active_users,
        {{ engagement__running_sum('thirty_day_change') }} as active_users_30d,
        {{ engagement__running_sum('new_change') }} as new_users,
        {{ engagement__running_sum('retained_change') }} as retained_users,
        {{ engagement__running_sum('eligible_change', 'eligible_changes') }} as eligible_users,
        max(changes.source_batch_id) over (
            partition by every_day.channel, every_day.segment
            order by every_day.activity_date
            rows between unbounded preceding and current row
        ) as source_batch_id
    from every_day
    left join changes
        on every_day.activity_date = changes.change_date
        and every_day.channel = changes.channel
        and every_day.segment = changes.segment
    left join eligible_changes
        on every_day.activity_date = eligible_changes.change_date
        and every_day.segment = eligible_changes.segment

)

select * from counted
