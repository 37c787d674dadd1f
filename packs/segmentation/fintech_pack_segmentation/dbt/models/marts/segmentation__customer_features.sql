{{ config(materialized='table', meta={'time_column': 'snapshot_date'}) }}

with

relationships as (

    select
        customer_id,
        month_start,
        snapshot_date,
        onboarded_date,
        tenure_days,
        observed_since,
        recency_days,
        open_account_count,
        product_type_count,
        source_batch_id
    from {{ ref('int_segmentation__relationships') }}
    where is_closed = 0

),

activity_months as (

    select
        customer_id,
        month_start,
        active_months_12,
        spend_volatility
    from {{ ref('int_segmentation__activity_months') }}

),

windows as (

    select * from {{ ref('int_segmentation__windows') }}

),

login_windows as (

    select
        customer_id,
        month_start,
        login_count_90d
    from {{ ref('int_segmentation__login_windows') }}

),

spend_group_windows as (

    select * from {{ ref('int_segmentation__spend_group_windows') }}

),

income_windows as (

    select
        customer_id,
        month_start,
        has_income,
        fee_amount_365d,
        interest_amount_365d
    from {{ ref('int_segmentation__income_windows') }}

),

balances as (

    select
        customer_id,
        month_start,
        average_deposit_balance_90d,
        total_loan_balance,
        card_balance,
        card_credit_limit
    from {{ ref('int_segmentation__balances') }}

),

credit_scores as (

    select
        customer_id,
        month_start,
        score_model,
        score_value,
        score_age_days
    from {{ ref('int_segmentation__credit_scores') }}

),

final as (

    select
        relationships.customer_id,
        relationships.month_start,
        relationships.snapshot_date,
        {{ segmentation__activity_columns() }},
        {{ segmentation__money_columns() }},
        {{ segmentation__holding_columns() }},
        {{ segmentation__flags([
            'no_transactions_txn_type', 'no_transactions_channel', 'no_transactions_status', 'no_transactions_mcc',
            'no_transactions_merchant_country', 'no_customers_onboarded_date', 'no_customers_relationship_end_date',
            'no_customers_residency_country', 'no_accounts_opened_date', 'no_accounts_closed_date',
            'no_accounts_credit_limit', 'no_login', 'no_joint', 'no_balances_daily', 'no_credit_scores'
        ], 'income_windows.has_income') }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(relationships.source_batch_id as integer) as source_batch_id
    from relationships
    inner join activity_months
        on relationships.customer_id = activity_months.customer_id
        and relationships.month_start = activity_months.month_start
    inner join windows
        on relationships.customer_id = windows.customer_id
        and relationships.month_start = windows.month_start
    inner join login_windows
        on relationships.customer_id = login_windows.customer_id
        and relationships.month_start = login_windows.month_start
    inner join spend_group_windows
        on relationships.customer_id = spend_group_windows.customer_id
        and relationships.month_start = spend_group_windows.month_start
    inner join income_windows
        on relationships.customer_id = income_windows.customer_id
        and relationships.month_start = income_windows.month_start
    left join balances
        on relationships.customer_id = balances.customer_id
        and relationships.month_start = balances.month_start
    left join credit_scores
        on relationships.customer_id = credit_scores.customer_id
        and relationships.month_start = credit_scores.month_start

)

select * from final
