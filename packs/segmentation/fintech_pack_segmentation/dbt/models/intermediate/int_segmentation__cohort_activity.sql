{# How many of each cohort acted in a month, and how many in it or later. #}
with

members as (

    select
        customer_id,
        cohort_month,
        segment
    from {{ ref('int_segmentation__cohort_members') }}

),

activity_months as (

    select
        customer_id,
        month_start,
        last_active_date
    from {{ ref('int_segmentation__activity_months') }}

),

last_acts as (

    select
        customer_id,
        max(last_active_date) as last_active_date
    from activity_months
    group by customer_id

),

retained as (

    select
        members.cohort_month,
        members.segment,
        activity_months.month_start,
        sum(
            case when activity_months.last_active_date >= activity_months.month_start then 1 else 0 end
        ) as retained_count,
        sum(
            case when last_acts.last_active_date >= activity_months.month_start then 1 else 0 end
        ) as rolling_retained_count
    from members
    inner join activity_months
        on members.customer_id = activity_months.customer_id
    inner join last_acts
        on members.customer_id = last_acts.customer_id
    group by members.cohort_month, members.segment, activity_months.month_start

)

select * from retained
