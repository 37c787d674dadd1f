{#-
    Where a customer begins and ceases to count as one who could be active in the last 28 days. One row per day and
    segment with a change; in segment ALL, too.
-#}
with

relationships as (

    select
        segment,
        start_date,
        end_date
    from {{ ref('int_engagement__relationships') }}
    where start_date is not null

),

observed as (

    select min(activity_date) as first_date
    from {{ ref('engagement__activity_daily') }}

),

starts as (

    select
        relationships.segment,
        case
            when relationships.start_date < observed.first_date then observed.first_date
            else relationships.start_date
        end as change_date,
        case
            when relationships.end_date is null then null
            else {{ core.add_days('relationships.end_date', 28) }}
        end as end_change_date,
        observed.first_date
    from relationships
    cross join observed

),

lasting as (

    select
        segment,
        change_date,
        end_change_date
    from starts
    where end_change_date is null or end_change_date > first_date

),

changes as (

    select
        segment,
        change_date,
        count(*) as eligible_change
    from lasting
    group by segment, change_date

    union all

    select
        segment,
        end_change_date as change_date,
        -count(*) as eligible_change
    from lasting
    where end_change_date is not null
    group by segment, end_change_date

),

with_all_segments as (

    select
        segment,
        change_date,
        sum(eligible_change) as eligible_change
    from changes
    group by segment, change_date

    union all

    select
        'ALL' as segment,
        change_date,
        sum(eligible_change) as eligible_change
    from changes
    group by change_date

)

select * from with_all_segments
