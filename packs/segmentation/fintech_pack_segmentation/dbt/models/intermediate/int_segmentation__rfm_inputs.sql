{# Recency, frequency and money of each living relationship with an act of the customer's own in the window. #}
{{ config(materialized='table') }}

with

relationships as (

    select
        customer_id,
        month_start,
        snapshot_date,
        tenure_days,
        observed_since,
        recency_days,
        source_batch_id
    from {{ ref('int_segmentation__relationships') }}
    where is_closed = 0

),

windows as (

    select
        customer_id,
        month_start,
        active_day_count_rfm,
        spend_amount_rfm
    from {{ ref('int_segmentation__windows') }}
    where active_day_count_rfm > 0

),

income as (

    select
        customer_id,
        month_start,
        has_income,
        income_amount_rfm
    from {{ ref('int_segmentation__income_windows') }}

),

snapshots as (

    select
        month_start,
        case
            when {{ segmentation__days_to('first_observed_date', 'snapshot_date') }} + 1 >= {{ var('rfm_days') }} then 1
            else 0
        end as is_whole_window
    from {{ ref('int_segmentation__snapshots') }}

),

inputs as (

    select
        relationships.customer_id,
        relationships.month_start,
        relationships.snapshot_date,
        relationships.tenure_days,
        relationships.recency_days,
        windows.active_day_count_rfm as frequency_days,
        case
            when {{ var('rfm_money') }} = 'spend' then windows.spend_amount_rfm
            else income.income_amount_rfm
        end as monetary_amount,
        least(
            {{ segmentation__days_to('relationships.observed_since', 'relationships.snapshot_date') }} + 1,
            {{ var('rfm_days') }}
        ) as window_observed_days,
        snapshots.is_whole_window,
        case when {{ var('rfm_money') }} = 'spend' then 1 else income.has_income end as has_income,
        relationships.source_batch_id
    from relationships
    inner join windows
        on relationships.customer_id = windows.customer_id
        and relationships.month_start = windows.month_start
    inner join income
        on relationships.customer_id = income.customer_id
        and relationships.month_start = income.month_start
    inner join snapshots
        on relationships.month_start = snapshots.month_start

)

select * from inputs
