{# Every month that is observed; the running month is a snapshot of its newest day. #}
with

customer_days as (

    select event_date_local
    from {{ ref('int_segmentation__customer_days') }}
    where event_date_local >= {{ var('first_snapshot') }}

),

observed as (

    select
        min(event_date_local) as first_date,
        max(event_date_local) as last_date
    from customer_days

),

calendar as (

    select calendar_date
    from {{ ref('core', 'calendar') }}

),

snapshots as (

    select
        cast({{ dbt.date_trunc('month', 'calendar.calendar_date') }} as date) as month_start,
        max(calendar.calendar_date) as snapshot_date,
        max(observed.first_date) as first_observed_date
    from calendar
    inner join observed
        on calendar.calendar_date >= cast({{ dbt.date_trunc('month', 'observed.first_date') }} as date)
        and calendar.calendar_date <= observed.last_date
    group by cast({{ dbt.date_trunc('month', 'calendar.calendar_date') }} as date)

)

select * from snapshots
