{{ config(materialized='table', meta={'time_column': 'snapshot_date'}) }}

with

snapshots as (

    select
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

baseline as (

    select
        month_start,
        snapshot_date,
        is_provisional
    from {{ ref('int_segmentation__baseline') }}

),

population_stability as (

    select
        kind,
        measured,
        month_start,
        customer_count,
        stability_index
    from {{ ref('int_segmentation__population_stability') }}

),

agreement as (

    select
        dimension,
        month_start,
        compared_count,
        migration_rate,
        adjusted_rand_index
    from {{ ref('int_segmentation__agreement') }}

),

{# Before the baseline windows are short, and what differs is their length. #}
joined as (

    select
        population_stability.kind,
        population_stability.measured,
        population_stability.month_start,
        snapshots.snapshot_date,
        baseline.snapshot_date as baseline_date,
        baseline.is_provisional,
        population_stability.customer_count,
        case
            when population_stability.month_start >= baseline.month_start then population_stability.stability_index
        end as stability_index,
        agreement.compared_count,
        agreement.migration_rate,
        agreement.adjusted_rand_index
    from population_stability
    inner join snapshots
        on population_stability.month_start = snapshots.month_start
    cross join baseline
    left join agreement
        on population_stability.kind = 'segments'
        and population_stability.measured = agreement.dimension
        and population_stability.month_start = agreement.month_start

),

final as (

    select
        kind,
        measured,
        month_start,
        snapshot_date,
        baseline_date,
        cast(is_provisional as smallint) as is_provisional,
        cast(customer_count as integer) as customer_count,
        stability_index,
        cast(
            case
                when stability_index is null then null
                when is_provisional = 1 then 'provisional'
                when stability_index < {{ var('stability_watch') }} then 'stable'
                when stability_index <= {{ var('stability_act') }} then 'watch'
                else 'act'
            end as varchar(12)
        ) as stability_band,
        cast(compared_count as integer) as compared_count,
        migration_rate,
        adjusted_rand_index,
        {{ core.capability_flags([
            'no_transactions_txn_type', 'no_transactions_channel', 'no_transactions_status', 'no_customers_onboarded_date',
            'no_customers_relationship_end_date', 'no_accounts_opened_date', 'no_accounts_closed_date', 'no_joint'
        ]) }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(null as integer) as source_batch_id
    from joined

)

select * from final
