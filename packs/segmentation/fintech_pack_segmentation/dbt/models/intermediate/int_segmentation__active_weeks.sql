{# What of a customer's acts up to the newest snapshot says how long they will go on: weeks since the first act, which
   is in number 0. Its money stays out of the mean, as its act stays out of the count of repetitions. #}
{{ config(materialized='table') }}

with

relationships as (

    select
        customer_id,
        month_start,
        snapshot_date,
        source_batch_id
    from {{ ref('int_segmentation__relationships') }}
    where is_closed = 0

),

newest as (

    select max(month_start) as month_start
    from {{ ref('int_segmentation__snapshots') }}

),

customer_days as (

    select
        customer_id,
        event_date_local,
        active_day_count,
        spend_amount
    from {{ ref('int_segmentation__customer_days') }}

),

first_acts as (

    select
        relationships.customer_id,
        relationships.month_start,
        relationships.snapshot_date,
        relationships.source_batch_id,
        min(customer_days.event_date_local) as first_active_date
    from relationships
    inner join newest
        on relationships.month_start = newest.month_start
    inner join customer_days
        on relationships.customer_id = customer_days.customer_id
        and relationships.snapshot_date >= customer_days.event_date_local
    where customer_days.active_day_count > 0
    group by
        relationships.customer_id,
        relationships.month_start,
        relationships.snapshot_date,
        relationships.source_batch_id

),

weeks as (

    select
        first_acts.customer_id,
        first_acts.month_start,
        first_acts.snapshot_date,
        first_acts.source_batch_id,
        first_acts.first_active_date,
        floor({{ segmentation__days_to('first_acts.first_active_date', 'customer_days.event_date_local') }} / 7.0)
            as week_number,
        max(customer_days.active_day_count) as is_active,
        sum(customer_days.spend_amount) as spend_amount
    from first_acts
    inner join customer_days
        on first_acts.customer_id = customer_days.customer_id
        and first_acts.first_active_date <= customer_days.event_date_local
        and first_acts.snapshot_date >= customer_days.event_date_local
    group by
        first_acts.customer_id,
        first_acts.month_start,
        first_acts.snapshot_date,
        first_acts.source_batch_id,
        first_acts.first_active_date,
        floor({{ segmentation__days_to('first_acts.first_active_date', 'customer_days.event_date_local') }} / 7.0)

),

summed as (

    select
        customer_id,
        month_start,
        snapshot_date,
        source_batch_id,
        first_active_date,
        cast(sum(is_active) as integer) - 1 as repeat_weeks,
        cast(max(case when is_active > 0 then week_number end) as integer) as last_active_week,
        cast(
            floor({{ segmentation__days_to('first_active_date', 'snapshot_date') }} / 7.0) as integer
        ) as observed_weeks,
        coalesce(sum(case when week_number > 0 then spend_amount end), 0) as repeat_spend
    from weeks
    group by customer_id, month_start, snapshot_date, source_batch_id, first_active_date

),

active_weeks as (

    select
        summed.*,
        {{ core.ratio('repeat_spend', 'repeat_weeks', 2) }} as mean_spend
    from summed

)

select * from active_weeks
