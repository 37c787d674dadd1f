{{ config(materialized='table', meta={'time_column': 'snapshot_date'}) }}

with

inputs as (

    select * from {{ ref('int_segmentation__lifecycle_inputs') }}

),

{# The first that fits. Who is active has acted in the last 30 days; slipping by spend stands before plain activity,
   else it would never be reached. #}
staged as (

    select
        inputs.*,
        case
            when is_closed = 1 then 'closed'
            when days_since_reopened < {{ var('reactivated_days') }} then 'reactivated'
            when recency_days is null and tenure_days <= {{ var('onboarding_days') }} and is_observed_from_start = 1
                then 'prospect'
            when recency_days is not null and tenure_days <= {{ var('onboarding_days') }} then 'onboarding'
            when recency_days is null and is_observed_from_start = 1 then 'never_active'
            when recency_days is null and observed_days >= {{ var('dormant_days') }} then 'dormant'
            when recency_days is null then 'unknown'
            when transaction_count_30d > 0 and product_type_count > earlier_product_type_count then 'growing'
            when
                transaction_count_30d > 0
                and earlier_spend_amount_90d > 0
                and spend_amount_90d >= {{ var('growth_multiple') }} * earlier_spend_amount_90d then 'growing'
            when
                transaction_count_30d >= {{ var('core_transaction_count') }}
                and (payroll_inflow_amount_90d > 0 or bill_count_30d >= {{ var('core_bill_count') }}) then 'core'
            when
                transaction_count_30d > 0
                and earlier_mean_spend_30d > 0
                and spend_amount_30d <= {{ var('slipping_multiple') }} * earlier_mean_spend_30d then 'slipping'
            when transaction_count_30d > 0 then 'active'
            when recency_days < 90 then 'slipping'
            when recency_days < {{ var('dormant_days') }} then 'inactive'
            else 'dormant'
        end as stage
    from inputs

),

final as (

    select
        customer_id,
        month_start,
        snapshot_date,
        cast(stage as varchar(16)) as stage,
        cast(lag(stage) over (partition by customer_id order by month_start) as varchar(16)) as previous_stage,
        tenure_days,
        recency_days,
        cast(transaction_count_30d as integer) as transaction_count_30d,
        {{ segmentation__money('spend_amount_30d') }} as spend_amount_30d,
        {{ segmentation__money('earlier_mean_spend_30d') }} as earlier_mean_spend_30d,
        {{ segmentation__money('spend_amount_90d') }} as spend_amount_90d,
        {{ segmentation__money('earlier_spend_amount_90d') }} as earlier_spend_amount_90d,
        {{ segmentation__when_mapped(
            'transactions', 'txn_type', segmentation__money('payroll_inflow_amount_90d'), 'decimal(18, 2)'
        ) }} as payroll_inflow_amount_90d,
        {{ segmentation__when_mapped('transactions', 'txn_type', 'cast(bill_count_30d as integer)', 'integer') }}
            as bill_count_30d,
        cast(product_type_count as integer) as product_type_count,
        cast(earlier_product_type_count as integer) as earlier_product_type_count,
        {{ core.capability_flags([
            'no_transactions_txn_type', 'no_transactions_channel', 'no_transactions_status', 'no_customers_onboarded_date',
            'no_customers_relationship_end_date', 'no_accounts_opened_date', 'no_accounts_closed_date', 'no_joint'
        ]) }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(source_batch_id as integer) as source_batch_id
    from staged

)

select * from final
