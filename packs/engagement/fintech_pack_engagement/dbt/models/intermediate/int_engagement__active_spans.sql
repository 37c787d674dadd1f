{{ config(materialized='table') }}

{#- The first and last active day of each customer in each channel and in any. One row per customer and channel. -#}
with

activity as (

    select
        customer_id,
        channel,
        min(activity_date) as first_date,
        max(activity_date) as last_date
    from {{ ref('int_engagement__active_days') }}
    group by customer_id, channel

),

segments as (

    select
        customer_id,
        segment
    from {{ ref('int_engagement__relationships') }}

),

spans as (

    select
        activity.customer_id,
        activity.channel,
        segments.segment,
        activity.first_date,
        activity.last_date
    from activity
    inner join segments
        on activity.customer_id = segments.customer_id

)

select * from spans
