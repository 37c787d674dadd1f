{{ config(materialized='table', meta={'time_column': 'snapshot_date'}) }}

with

scaled as (

    select * from {{ ref('int_segmentation__scaled_features') }}

),

centroids as (

    select
        model_version,
        cluster_id,
        cluster_name,
        trained_on,
        {{ segmentation__by_feature('centroid') }}
    from {{ ref('segmentation__cluster_centroids_default') }}
    group by model_version, cluster_id, cluster_name, trained_on

),

distances as (

    select
        scaled.customer_id,
        scaled.month_start,
        scaled.snapshot_date,
        scaled.model_version,
        scaled.imputed_count,
        scaled.source_batch_id,
        centroids.cluster_id,
        centroids.cluster_name,
        centroids.trained_on,
        {{ core.ratio('sqrt(' ~ segmentation__squared_distance() ~ ')', 1, 6) }} as distance
    from scaled
    inner join centroids
        on scaled.model_version = centroids.model_version

),

newest as (

    select max(model_version) as newest_version
    from centroids

),

{# Equal distances go to the lower number. #}
ranked as (

    select
        distances.*,
        newest.newest_version,
        row_number() over (
            partition by customer_id, month_start, model_version
            order by distance, cluster_id
        ) as nearness,
        lead(distance) over (
            partition by customer_id, month_start, model_version
            order by distance, cluster_id
        ) as second_distance
    from distances
    cross join newest

),

final as (

    select
        customer_id,
        month_start,
        snapshot_date,
        cast(model_version as varchar(40)) as model_version,
        cast(case when model_version = newest_version then 1 else 0 end as smallint) as is_newest_model,
        cast(trained_on as varchar(40)) as trained_on,
        cast(cluster_id as smallint) as cluster_id,
        cast(cluster_name as varchar(40)) as cluster_name,
        distance,
        second_distance,
        cast(
            case
                when second_distance - distance < {{ var('cluster_ambiguity') }} * second_distance then 1
                else 0
            end as smallint
        ) as is_ambiguous,
        cast(imputed_count as smallint) as imputed_count,
        {{ core.capability_flags([
            'no_transactions_txn_type', 'no_transactions_channel', 'no_transactions_status', 'no_customers_onboarded_date',
            'no_customers_relationship_end_date', 'no_accounts_opened_date', 'no_accounts_closed_date', 'no_joint'
        ]) }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(source_batch_id as integer) as source_batch_id
    from ranked
    where nearness = 1

)

select * from final
