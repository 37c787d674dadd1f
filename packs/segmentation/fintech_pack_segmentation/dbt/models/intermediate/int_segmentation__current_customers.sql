{# Each customer at the newest snapshot, closed ones too: the stage of life, and the features of the living. #}
with

newest as (

    select max(month_start) as month_start
    from {{ ref('int_segmentation__snapshots') }}

),

lifecycle as (

    select
        customer_id,
        month_start,
        snapshot_date,
        stage,
        previous_stage,
        source_batch_id
    from {{ ref('segmentation__lifecycle') }}

),

features as (

    select
        customer_id,
        month_start,
        tenure_months,
        recency_days,
        transaction_count_90d,
        spend_amount_365d,
        average_deposit_balance_90d,
        total_loan_balance,
        open_account_count,
        product_type_count,
        fee_income_365d + interest_income_365d as income_365d
    from {{ ref('segmentation__customer_features') }}

),

current_customers as (

    select
        lifecycle.*,
        features.tenure_months,
        features.recency_days,
        features.transaction_count_90d,
        features.spend_amount_365d,
        features.average_deposit_balance_90d,
        features.total_loan_balance,
        features.open_account_count,
        features.product_type_count,
        features.income_365d
    from lifecycle
    inner join newest
        on lifecycle.month_start = newest.month_start
    left join features
        on lifecycle.customer_id = features.customer_id
        and lifecycle.month_start = features.month_start

)

select * from current_customers
