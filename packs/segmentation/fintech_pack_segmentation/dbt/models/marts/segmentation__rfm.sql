{{ config(materialized='table', meta={'time_column': 'snapshot_date'}) }}

with

inputs as (

    select
        customer_id,
        month_start,
        snapshot_date,
        tenure_days,
        recency_days,
        frequency_days,
        monetary_amount,
        window_observed_days,
        has_income,
        source_batch_id
    from {{ ref('int_segmentation__rfm_inputs') }}

),

cut_points as (

    select * from {{ ref('int_segmentation__rfm_cut_points') }}

),

rfm_map as (

    select
        recency_score,
        frequency_score,
        segment
    from {{ ref('segmentation__rfm_map') }}

),

scored as (

    select
        inputs.*,
        cut_points.cut_points_date,
        cut_points.is_provisional,
        {{ segmentation__score('inputs.recency_days', '<', 'cut_points.recency_cut') }} as recency_score,
        {{ segmentation__score('inputs.frequency_days', '>', 'cut_points.frequency_cut') }} as frequency_score,
        case
            when inputs.monetary_amount is null then null
            else {{ segmentation__score('inputs.monetary_amount', '>', 'cut_points.monetary_cut') }}
        end as monetary_score
    from inputs
    inner join cut_points
        on inputs.month_start = cut_points.month_start

),

final as (

    select
        scored.customer_id,
        scored.month_start,
        scored.snapshot_date,
        cast(scored.recency_days as integer) as recency_days,
        cast(scored.frequency_days as integer) as frequency_days,
        {{ segmentation__money('scored.monetary_amount') }} as monetary_amount,
        cast(scored.recency_score as smallint) as recency_score,
        cast(scored.frequency_score as smallint) as frequency_score,
        cast(scored.monetary_score as smallint) as monetary_score,
        cast(
            cast(scored.recency_score as varchar(1)) || cast(scored.frequency_score as varchar(1))
            || cast(scored.monetary_score as varchar(1)) as varchar(3)
        ) as rfm_code,
        {# Without a day of onboarding nobody can tell a new customer from a one-off. #}
        cast(
            case
                when rfm_map.segment <> 'New' then rfm_map.segment
                when scored.tenure_days is null then 'New or one-off'
                when scored.tenure_days <= {{ var('new_customer_days') }} then 'New'
                else 'One-off'
            end as varchar(20)
        ) as segment,
        cast(scored.window_observed_days as integer) as window_observed_days,
        scored.cut_points_date,
        cast(scored.is_provisional as smallint) as is_provisional,
        {{ segmentation__flags([
            'no_transactions_txn_type', 'no_transactions_channel', 'no_transactions_status', 'no_customers_onboarded_date',
            'no_customers_relationship_end_date', 'no_accounts_closed_date'
        ], 'scored.has_income') }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(scored.source_batch_id as integer) as source_batch_id
    from scored
    left join rfm_map
        on scored.recency_score = rfm_map.recency_score
        and scored.frequency_score = rfm_map.frequency_score

)

select * from final
