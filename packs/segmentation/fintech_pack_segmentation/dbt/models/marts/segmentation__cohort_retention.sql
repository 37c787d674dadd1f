{{ config(materialized='table', meta={'time_column': 'cohort_month'}) }}

with

snapshots as (

    select
        month_start,
        case when snapshot_date = {{ dbt.last_day('snapshot_date', 'month') }} then 1 else 0 end as is_whole_month
    from {{ ref('int_segmentation__snapshots') }}

),

members as (

    select
        customer_id,
        cohort_month,
        segment,
        source_batch_id
    from {{ ref('int_segmentation__cohort_members') }}

),

retained as (

    select
        cohort_month,
        segment,
        month_start,
        retained_count,
        rolling_retained_count
    from {{ ref('int_segmentation__cohort_activity') }}

),

cohorts as (

    select
        cohort_month,
        segment,
        count(*) as cohort_size,
        max(source_batch_id) as source_batch_id
    from members
    group by cohort_month, segment

),

{# Every age that the oldest cohort could have, for every cohort: what has not happened yet is NULL and not a zero. #}
ages as (

    select row_number() over (order by month_start) - 1 as age_months
    from snapshots

),

cells as (

    select
        cohorts.cohort_month,
        cohorts.segment,
        cohorts.cohort_size,
        cohorts.source_batch_id,
        ages.age_months,
        cast({{ dbt.dateadd('month', 'ages.age_months', 'cohorts.cohort_month') }} as date) as month_start
    from cohorts
    cross join ages

),

observed as (

    select
        cells.cohort_month,
        cells.segment,
        cells.age_months,
        cells.month_start,
        cells.cohort_size,
        cells.source_batch_id,
        coalesce(snapshots.is_whole_month, 0) as is_observed,
        case when snapshots.is_whole_month = 1 then retained.retained_count end as retained_count,
        case when snapshots.is_whole_month = 1 then retained.rolling_retained_count end as rolling_retained_count
    from cells
    left join snapshots
        on cells.month_start = snapshots.month_start
    left join retained
        on cells.cohort_month = retained.cohort_month
        and cells.segment = retained.segment
        and cells.month_start = retained.month_start

),

final as (

    select
        cohort_month,
        segment,
        cast(age_months as integer) as age_months,
        month_start,
        cast(cohort_size as integer) as cohort_size,
        cast(is_observed as smallint) as is_observed,
        cast(retained_count as integer) as retained_count,
        {{ core.ratio('retained_count', 'cohort_size', 6) }} as retention_rate,
        cast(rolling_retained_count as integer) as rolling_retained_count,
        {{ core.ratio('rolling_retained_count', 'cohort_size', 6) }} as rolling_retention_rate,
        {{ core.capability_flags([
            'no_transactions_txn_type', 'no_transactions_channel', 'no_transactions_status', 'no_customers_onboarded_date',
            'no_customers_onboarding_channel', 'no_accounts_opened_date'
        ]) }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(source_batch_id as integer) as source_batch_id
    from observed

)

select * from final
