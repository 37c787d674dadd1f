{# The features of clusters as each model scales them: bounded, as logarithms, from the median in spreads. #}
with

features as (

    select
        customer_id,
        month_start,
        snapshot_date,
        {{ segmentation__cluster_features() | join(',\n        ') }},
        source_batch_id
    from {{ ref('segmentation__customer_features') }}

),

scaling as (

    select
        model_version,
        {{ segmentation__by_feature('is_logarithm') }},
        {{ segmentation__by_feature('lower_bound') }},
        {{ segmentation__by_feature('upper_bound') }},
        {{ segmentation__by_feature('median') }},
        {{ segmentation__by_feature('spread') }}
    from {{ ref('segmentation__cluster_scaling_default') }}
    group by model_version

),

scaled as (

    select
        features.customer_id,
        features.month_start,
        features.snapshot_date,
        scaling.model_version,
        {% for name in segmentation__cluster_features() -%}
        {{ segmentation__scaled(name) }} as {{ name }},
        {% endfor -%}
        {% for name in segmentation__cluster_features() -%}
        case when features.{{ name }} is null then 1 else 0 end
        {%- if not loop.last %} + {% endif %}
        {%- endfor %} as imputed_count,
        features.source_batch_id
    from features
    cross join scaling

)

select * from scaled
