{# The features of each clustered customer at the newest snapshot, one row per feature that is known. #}
{{ config(materialized='table') }}

with

assignments as (

    select
        customer_id,
        month_start,
        model_version,
        cluster_id,
        cluster_name
    from {{ ref('segmentation__cluster_assignment') }}

),

newest as (

    select
        max(month_start) as month_start,
        max(snapshot_date) as snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

features as (

    select
        customer_id,
        month_start,
        {{ segmentation__cluster_features() | join(',\n        ') }}
    from {{ ref('segmentation__customer_features') }}

),

at_newest as (

    select
        assignments.model_version,
        assignments.cluster_id,
        assignments.cluster_name,
        newest.month_start,
        newest.snapshot_date,
        features.customer_id,
        features.{{ segmentation__cluster_features() | join(',\n        features.') }}
    from assignments
    inner join newest
        on assignments.month_start = newest.month_start
    inner join features
        on assignments.customer_id = features.customer_id
        and assignments.month_start = features.month_start

),

cluster_values as (
    {% for name in segmentation__cluster_features() %}
    select
        model_version,
        cluster_id,
        cluster_name,
        month_start,
        snapshot_date,
        customer_id,
        cast('{{ name }}' as varchar(40)) as feature,
        cast({{ name }} as decimal(18, 4)) as feature_value
    from at_newest
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
)

select * from cluster_values
