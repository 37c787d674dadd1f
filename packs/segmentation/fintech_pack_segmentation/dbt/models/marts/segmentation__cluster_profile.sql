{{ config(materialized='table', meta={'time_column': 'snapshot_date'}) }}

with

cluster_values as (

    select
        model_version,
        cluster_id,
        cluster_name,
        month_start,
        snapshot_date,
        feature,
        cast(feature_value as double precision) as feature_value,
        feature_value as exact_value
    from {{ ref('int_segmentation__cluster_values') }}

),

population as (

    select
        model_version,
        feature,
        customer_count,
        population_mean,
        population_deviation
    from {{ ref('int_segmentation__population_values') }}

),

summed as (

    select
        model_version,
        cluster_id,
        cluster_name,
        month_start,
        snapshot_date,
        feature,
        count(*) as customer_count,
        count(feature_value) as known_count,
        cast(sum(exact_value) as double precision) / nullif(count(feature_value), 0) as mean_value,
        percentile_cont(0.25) within group (order by feature_value) as lower_quartile,
        percentile_cont(0.5) within group (order by feature_value) as median_value,
        percentile_cont(0.75) within group (order by feature_value) as upper_quartile
    from cluster_values
    group by model_version, cluster_id, cluster_name, month_start, snapshot_date, feature

),

compared as (

    select
        summed.*,
        population.customer_count as population_count,
        population.population_mean,
        {{ core.ratio('(summed.mean_value - population.population_mean)', 'population.population_deviation', 6) }}
            as standard_score
    from summed
    inner join population
        on summed.model_version = population.model_version
        and summed.feature = population.feature

),

final as (

    select
        cast(model_version as varchar(40)) as model_version,
        cast(cluster_id as smallint) as cluster_id,
        cast(cluster_name as varchar(40)) as cluster_name,
        month_start,
        snapshot_date,
        feature,
        cast(customer_count as integer) as customer_count,
        {{ core.ratio('customer_count', 'population_count', 6) }} as customer_share,
        cast(known_count as integer) as known_count,
        {{ core.ratio('mean_value', 1, 4) }} as mean_value,
        {{ core.ratio('lower_quartile', 1, 4) }} as lower_quartile,
        {{ core.ratio('median_value', 1, 4) }} as median_value,
        {{ core.ratio('upper_quartile', 1, 4) }} as upper_quartile,
        {{ core.ratio('population_mean', 1, 4) }} as population_mean,
        {{ core.ratio('mean_value', 'population_mean', 6) }} as lift,
        standard_score,
        cast(
            row_number() over (
                partition by model_version, cluster_id
                order by abs(coalesce(standard_score, 0)) desc, feature asc
            ) as smallint
        ) as distinction_rank,
        {{ core.capability_flags([
            'no_transactions_txn_type', 'no_transactions_channel', 'no_transactions_status', 'no_customers_onboarded_date',
            'no_accounts_opened_date', 'no_accounts_closed_date', 'no_joint'
        ]) }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(null as integer) as source_batch_id
    from compared

)

select * from final
