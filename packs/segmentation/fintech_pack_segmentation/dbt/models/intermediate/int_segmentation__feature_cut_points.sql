{# The nine values that part each watched feature into tenths of the baseline's customers. Equal values never part. #}
{{ config(materialized='table') }}

with

features as (

    select
        month_start,
        {{ segmentation__watched_features() | join(',\n        ') }}
    from {{ ref('segmentation__customer_features') }}

),

baseline as (

    select month_start
    from {{ ref('int_segmentation__baseline') }}

),

at_baseline as (

    select features.*
    from features
    inner join baseline
        on features.month_start = baseline.month_start

),

{# One row per feature and customer: only of the one month. #}
long_form as (
    {% for name in segmentation__watched_features() %}
    select
        cast('{{ name }}' as varchar(40)) as feature,
        cast({{ name }} as decimal(24, 6)) as feature_value
    from at_baseline
    where {{ name }} is not null
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

ranked as (

    select
        feature,
        feature_value,
        ceil(10 * cume_dist() over (partition by feature order by feature_value)) as tenth
    from long_form

),

cut_points as (

    select
        feature,
        {% for tenth in range(1, 10) -%}
        max(case when tenth <= {{ tenth }} then feature_value end) as cut_{{ tenth }}{% if not loop.last %},
        {% endif %}
        {%- endfor %}
    from ranked
    group by feature

)

select * from cut_points
