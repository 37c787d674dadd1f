{{ config(materialized='table') }}

{#-
    The months in which anything happened, to the last day that is observed: a month still running is a month so far.
    One row per month.
-#}
with

observed as (

    select
        min(activity_date) as first_date,
        max(activity_date) as last_date
    from {{ ref('engagement__activity_daily') }}

),

calendar as (

    select distinct calendar_date
    from {{ ref('core', 'calendar') }}

),

months as (

    select
        {{ engagement__month_of('calendar.calendar_date') }} as month_start,
        max(calendar.calendar_date) as month_end,
        max(observed.last_date) as last_date
    from calendar
    inner join observed
        on calendar.calendar_date between {{ engagement__month_of('observed.first_date') }} and observed.last_date
    group by {{ engagement__month_of('calendar.calendar_date') }}

)

select * from months
