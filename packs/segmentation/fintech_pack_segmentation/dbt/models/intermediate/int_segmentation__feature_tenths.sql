{# How many customers each snapshot has in each tenth of a feature, as the baseline parts it; 0 if without a value. #}
{{ config(materialized='table') }}

with

features as (

    select
        month_start,
        {{ segmentation__watched_features() | join(',\n        ') }}
    from {{ ref('segmentation__customer_features') }}

),

cut_points as (

    select * from {{ ref('int_segmentation__feature_cut_points') }}

),

placed as (
    {% for name in segmentation__watched_features() %}
    select
        features.month_start,
        cut_points.feature,
        {{ segmentation__tenth('features.' ~ name, 'cut_points.cut') }} as tenth
    from features
    inner join cut_points
        on cut_points.feature = '{{ name }}'
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

tenths as (

    select
        month_start,
        feature,
        tenth,
        count(*) as customer_count
    from placed
    group by month_start, feature, tenth

)

select * from tenths
