{{ config(materialized='table') }}

with

customers as (

    select
        customer_id,
        onboarded_date,
        relationship_end_date,
        source_batch_id
    from {{ ref('core', 'customers') }}
    where
        coalesce(is_test, 0) = 0
        and erased_at is null

),

first_days as (

    select
        customer_id,
        min(event_date_local) as first_date
    from {{ ref('int_segmentation__customer_days') }}
    group by customer_id

),

first_accounts as (

    select
        customer_id,
        min(opened_date) as first_date
    from {{ ref('int_segmentation__held_accounts') }}
    group by customer_id

),

snapshots as (

    select
        month_start,
        snapshot_date,
        first_observed_date
    from {{ ref('int_segmentation__snapshots') }}

),

with_first_sign as (

    select
        customers.customer_id,
        customers.onboarded_date,
        customers.relationship_end_date,
        customers.source_batch_id,
        coalesce(customers.onboarded_date, first_accounts.first_date) as relationship_since,
        coalesce(customers.onboarded_date, first_accounts.first_date, first_days.first_date) as known_since
    from customers
    left join first_accounts
        on customers.customer_id = first_accounts.customer_id
    left join first_days
        on customers.customer_id = first_days.customer_id

),

customer_months as (

    select
        with_first_sign.customer_id,
        snapshots.month_start,
        snapshots.snapshot_date,
        with_first_sign.onboarded_date,
        with_first_sign.relationship_end_date,
        with_first_sign.relationship_since,
        {{ segmentation__days_to('with_first_sign.onboarded_date', 'snapshots.snapshot_date') }} as tenure_days,
        {# Since when the customer is observed: a customer may be older than the data. #}
        greatest(
            coalesce(with_first_sign.onboarded_date, snapshots.first_observed_date), snapshots.first_observed_date
        ) as observed_since,
        case
            when with_first_sign.onboarded_date >= snapshots.first_observed_date then 1
            else 0
        end as is_observed_from_start,
        case
            when snapshots.snapshot_date = {{ dbt.last_day('snapshots.snapshot_date', 'month') }} then 1
            else 0
        end as is_whole_month,
        with_first_sign.source_batch_id
    from with_first_sign
    inner join snapshots
        on with_first_sign.known_since <= snapshots.snapshot_date

)

select * from customer_months
