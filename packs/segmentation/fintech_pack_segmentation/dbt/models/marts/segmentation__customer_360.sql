{{ config(materialized='table', meta={'time_column': 'snapshot_date'}) }}

with

customers as (

    select * from {{ ref('int_segmentation__current_customers') }}

),

segments as (

    select * from {{ ref('int_segmentation__current_segments') }}

),

lifetime_value as (

    select * from {{ ref('int_segmentation__current_value') }}

),

offers as (

    select
        customer_id,
        product_type
    from {{ ref('segmentation__next_best_product') }}
    where offer_rank = 1

),

engagement as (

    select * from {{ ref('int_segmentation__current_engagement') }}

),

{# Whether the other packs have anything to say at all. #}
engagement_known as (

    select case when count(*) > 0 then 1 else 0 end as has_engagement
    from engagement

),

income_known as (

    select max(has_income) as has_income
    from {{ ref('int_segmentation__income_rate') }}

),

final as (

    select
        customers.customer_id,
        customers.month_start,
        customers.snapshot_date,
        customers.stage,
        customers.previous_stage,
        customers.tenure_months,
        customers.recency_days,
        customers.transaction_count_90d,
        customers.spend_amount_365d,
        customers.average_deposit_balance_90d,
        customers.total_loan_balance,
        customers.open_account_count,
        customers.product_type_count,
        {{ segmentation__money('customers.income_365d') }} as income_365d,
        segments.rfm_code,
        segments.rfm_segment,
        segments.cluster_name,
        lifetime_value.alive_probability,
        lifetime_value.estimate_status,
        lifetime_value.expected_spend,
        lifetime_value.lifetime_value,
        lifetime_value.value_tier,
        offers.product_type as next_best_product,
        engagement.is_primary,
        engagement.bank_relationship,
        engagement.active_days,
        {{ segmentation__flags([
            'no_transactions_txn_type', 'no_transactions_channel', 'no_transactions_status', 'no_customers_onboarded_date',
            'no_customers_relationship_end_date', 'no_accounts_opened_date', 'no_accounts_closed_date', 'no_joint',
            'no_balances_daily', 'no_customers_consent_marketing'
        ], 'income_known.has_income', 'engagement_known.has_engagement') }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(customers.source_batch_id as integer) as source_batch_id
    from customers
    cross join engagement_known
    cross join income_known
    left join segments
        on customers.customer_id = segments.customer_id
    left join lifetime_value
        on customers.customer_id = lifetime_value.customer_id
    left join offers
        on customers.customer_id = offers.customer_id
    left join engagement
        on customers.customer_id = engagement.customer_id

)

select * from final
