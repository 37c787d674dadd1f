{# The facts that stages rest on. What came before a window is known only if the customer was observed so far back. #}
with

relationships as (

    select
        customer_id,
        month_start,
        snapshot_date,
        tenure_days,
        observed_since,
        is_observed_from_start,
        recency_days,
        product_type_count,
        is_closed,
        reopened_date,
        source_batch_id
    from {{ ref('int_segmentation__relationships') }}

),

windows as (

    select
        customer_id,
        month_start,
        transaction_count_30d,
        spend_amount_30d,
        spend_amount_90d,
        spend_amount_120d,
        spend_amount_180d,
        payroll_inflow_amount_90d,
        bill_count_30d
    from {{ ref('int_segmentation__windows') }}

),

joined as (

    select
        relationships.customer_id,
        relationships.month_start,
        relationships.snapshot_date,
        relationships.tenure_days,
        relationships.recency_days,
        {{ segmentation__days_to('relationships.observed_since', 'relationships.snapshot_date') }} + 1 as observed_days,
        relationships.is_observed_from_start,
        relationships.product_type_count,
        lag(relationships.product_type_count, 3) over (
            partition by relationships.customer_id order by relationships.month_start
        ) as earlier_product_type_count,
        relationships.is_closed,
        {{ segmentation__days_to('relationships.reopened_date', 'relationships.snapshot_date') }}
            as days_since_reopened,
        windows.transaction_count_30d,
        windows.spend_amount_30d,
        windows.spend_amount_90d,
        windows.spend_amount_180d - windows.spend_amount_90d as earlier_spend_amount,
        {{ core.ratio('(windows.spend_amount_120d - windows.spend_amount_30d)', 3, 6) }} as earlier_mean_spend,
        windows.payroll_inflow_amount_90d,
        windows.bill_count_30d,
        relationships.source_batch_id
    from relationships
    inner join windows
        on relationships.customer_id = windows.customer_id
        and relationships.month_start = windows.month_start

),

final as (

    select
        customer_id,
        month_start,
        snapshot_date,
        tenure_days,
        recency_days,
        observed_days,
        is_observed_from_start,
        product_type_count,
        earlier_product_type_count,
        is_closed,
        days_since_reopened,
        transaction_count_30d,
        spend_amount_30d,
        spend_amount_90d,
        case when observed_days >= 180 then earlier_spend_amount end as earlier_spend_amount_90d,
        case when observed_days >= 120 then earlier_mean_spend end as earlier_mean_spend_30d,
        payroll_inflow_amount_90d,
        bill_count_30d,
        source_batch_id
    from joined

)

select * from final
