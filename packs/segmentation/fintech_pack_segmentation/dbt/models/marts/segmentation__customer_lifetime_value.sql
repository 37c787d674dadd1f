{{ config(materialized='table', meta={'time_column': 'snapshot_date'}) }}

with

active_weeks as (

    select
        customer_id,
        month_start,
        snapshot_date,
        repeat_weeks,
        last_active_week,
        observed_weeks,
        mean_spend,
        source_batch_id
    from {{ ref('int_segmentation__active_weeks') }}

),

model as (

    select
        model_version,
        trained_on
    from {{ ref('segmentation__lifetime_value_default') }}

),

inputs as (

    select * from {{ ref('int_segmentation__value_inputs') }}

),

income as (

    select
        has_income,
        income_rate
    from {{ ref('int_segmentation__income_rate') }}

),

joined as (

    select
        active_weeks.*,
        model.model_version,
        model.trained_on,
        inputs.alive_probability,
        inputs.expected_active_weeks,
        inputs.expected_week_spend,
        inputs.expected_spend,
        income.has_income,
        income.income_rate,
        cast(inputs.expected_spend * income.income_rate as decimal(18, 2)) as lifetime_value,
        sum(inputs.expected_spend) over (
            partition by model.model_version
            order by inputs.expected_spend desc, active_weeks.customer_id asc
            rows between unbounded preceding and current row
        ) - inputs.expected_spend as spend_before,
        sum(inputs.expected_spend) over (partition by model.model_version) as whole_spend
    from active_weeks
    cross join model
    cross join income
    left join inputs
        on active_weeks.customer_id = inputs.customer_id
        and model.model_version = inputs.model_version

),

final as (

    select
        customer_id,
        month_start,
        snapshot_date,
        cast({{ var('lifetime_months') }} as smallint) as horizon_months,
        cast(model_version as varchar(40)) as model_version,
        cast(trained_on as varchar(40)) as trained_on,
        repeat_weeks,
        last_active_week,
        observed_weeks,
        mean_spend,
        cast(
            case
                when repeat_weeks = 0 then 'not estimable'
                when expected_spend is null then 'no spend'
                else 'estimated'
            end as varchar(16)
        ) as estimate_status,
        alive_probability,
        expected_active_weeks,
        expected_week_spend,
        expected_spend,
        lifetime_value,
        cast(
            case
                when expected_spend is null then null
                when spend_before < 0.2 * whole_spend then 'top'
                when spend_before < 0.5 * whole_spend then 'middle'
                else 'base'
            end as varchar(8)
        ) as value_tier,
        {{ segmentation__flags([
            'no_transactions_txn_type', 'no_transactions_channel', 'no_transactions_status', 'no_accounts_closed_date',
            'no_customers_relationship_end_date', 'no_customers_onboarded_date'
        ], 'has_income') }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(source_batch_id as integer) as source_batch_id
    from joined

)

select * from final
