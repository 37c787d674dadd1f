{{ config(materialized='table') }}

{#-
    The active days of each customer in each channel and in any of them (ALL), with the gaps to the active days before
    and after. One row per customer, channel and active day.
-#}
with

activity as (

    select
        customer_id,
        channel,
        activity_date,
        case when digital_count > 0 then 1 else 0 end as is_digital,
        source_batch_id
    from {{ ref('engagement__activity_daily') }}
    where is_active = 1

),

segments as (

    select
        customer_id,
        segment
    from {{ ref('int_engagement__relationships') }}

),

with_any_channel as (

    select
        customer_id,
        channel,
        activity_date,
        is_digital,
        source_batch_id
    from activity

    union all

    select
        customer_id,
        'ALL' as channel,
        activity_date,
        max(is_digital) as is_digital,
        max(source_batch_id) as source_batch_id
    from activity
    group by customer_id, activity_date

),

with_neighbours as (

    select
        with_any_channel.*,
        lag(activity_date) over (partition by customer_id, channel order by activity_date) as previous_date,
        lead(activity_date) over (partition by customer_id, channel order by activity_date) as next_date
    from with_any_channel

),

with_gaps as (

    select
        with_neighbours.customer_id,
        with_neighbours.channel,
        segments.segment,
        with_neighbours.activity_date,
        with_neighbours.is_digital,
        {{ dbt.datediff('with_neighbours.previous_date', 'with_neighbours.activity_date', 'day') }}
            as days_since_previous,
        {{ dbt.datediff('with_neighbours.activity_date', 'with_neighbours.next_date', 'day') }} as days_to_next,
        with_neighbours.source_batch_id
    from with_neighbours
    inner join segments
        on with_neighbours.customer_id = segments.customer_id

)

select * from with_gaps
