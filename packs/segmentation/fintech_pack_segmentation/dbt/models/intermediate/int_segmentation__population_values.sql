{# Mean and deviation of each feature over all clustered customers of the newest snapshot. #}
with

cluster_values as (

    select
        model_version,
        feature,
        feature_value
    from {{ ref('int_segmentation__cluster_values') }}

),

{# Decimals add up alike in any order; floating numbers would not. #}
summed as (

    select
        model_version,
        feature,
        count(*) as customer_count,
        cast(count(feature_value) as double precision) as known_count,
        cast(sum(feature_value) as double precision) as value_sum,
        cast(sum(cast(feature_value as decimal(19, 4)) * feature_value) as double precision) as square_sum
    from cluster_values
    group by model_version, feature

),

population as (

    select
        model_version,
        feature,
        customer_count,
        value_sum / nullif(known_count, 0) as population_mean,
        sqrt(greatest(square_sum - value_sum * value_sum / nullif(known_count, 0), 0) / nullif(known_count, 0))
            as population_deviation
    from summed

)

select * from population
