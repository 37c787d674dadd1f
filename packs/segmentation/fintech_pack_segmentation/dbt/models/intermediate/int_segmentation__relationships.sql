{# Which relationships live at each snapshot. One that ended later is in: without it every average would flatter. #}
{{ config(materialized='table') }}

with

customer_months as (

    select
        customer_id,
        month_start,
        snapshot_date,
        onboarded_date,
        relationship_end_date,
        tenure_days,
        observed_since,
        is_observed_from_start,
        source_batch_id
    from {{ ref('int_segmentation__customer_months') }}

),

activity_months as (

    select
        customer_id,
        month_start,
        last_active_date,
        source_batch_id
    from {{ ref('int_segmentation__activity_months') }}

),

holdings as (

    select
        customer_id,
        month_start,
        known_account_count,
        open_account_count,
        product_type_count,
        last_opened_date,
        reopened_date
    from {{ ref('int_segmentation__holdings') }}

),

joined as (

    select
        customer_months.customer_id,
        customer_months.month_start,
        customer_months.snapshot_date,
        customer_months.onboarded_date,
        customer_months.tenure_days,
        customer_months.observed_since,
        customer_months.is_observed_from_start,
        activity_months.last_active_date,
        coalesce(holdings.open_account_count, 0) as open_account_count,
        coalesce(holdings.product_type_count, 0) as product_type_count,
        case
            when holdings.known_account_count > 0 and holdings.open_account_count = 0 then 1
            when holdings.last_opened_date > customer_months.relationship_end_date then 0
            when customer_months.relationship_end_date <= customer_months.snapshot_date then 1
            else 0
        end as is_closed,
        holdings.reopened_date,
        case
            when customer_months.relationship_end_date < holdings.last_opened_date then holdings.last_opened_date
        end as opened_after_end_date,
        greatest(customer_months.source_batch_id, coalesce(activity_months.source_batch_id, 0)) as source_batch_id
    from customer_months
    left join activity_months
        on customer_months.customer_id = activity_months.customer_id
        and customer_months.month_start = activity_months.month_start
    left join holdings
        on customer_months.customer_id = holdings.customer_id
        and customer_months.month_start = holdings.month_start

),

final as (

    select
        customer_id,
        month_start,
        snapshot_date,
        onboarded_date,
        tenure_days,
        observed_since,
        is_observed_from_start,
        last_active_date,
        {{ segmentation__days_to('last_active_date', 'snapshot_date') }} as recency_days,
        open_account_count,
        product_type_count,
        is_closed,
        coalesce(reopened_date, opened_after_end_date) as reopened_date,
        source_batch_id
    from joined

)

select * from final
