{#- The features of which clusters are made. What a bank does not know stands at its median and is counted. -#}
{% macro segmentation__cluster_features() -%}
{{ return([
    'recency_days', 'transaction_count_90d', 'spend_amount_90d', 'inflow_amount_90d', 'digital_transaction_share_90d',
    'cash_share_90d', 'product_type_count', 'tenure_months'
]) }}
{%- endmacro %}

{#- A column of a seed in long form as one column for each feature: <feature>_<column>. -#}
{% macro segmentation__by_feature(column_name) -%}
{%- for name in segmentation__cluster_features() -%}
max(case when feature = '{{ name }}' then {{ column_name }} end) as {{ name }}_{{ column_name }}{% if not loop.last %},
        {% endif %}
{%- endfor -%}
{%- endmacro %}

{#- A feature as the model knows it: within its bounds, as a logarithm if the model says so, from its median in spreads. -#}
{% macro segmentation__scaled(name) -%}
{%- set bounded -%}
least(greatest(cast(features.{{ name }} as double precision), scaling.{{ name }}_lower_bound), scaling.{{ name }}_upper_bound)
{%- endset -%}
case
            when features.{{ name }} is null then 0
            else {{ core.ratio(
                '(case when scaling.' ~ name ~ '_is_logarithm = 1 then ln(1 + greatest(' ~ bounded ~ ', 0)) else ' ~ bounded ~ ' end'
                ~ ' - scaling.' ~ name ~ '_median)', 'scaling.' ~ name ~ '_spread', 6
            ) }}
        end
{%- endmacro %}

{#- The square of the distance between a customer and a centroid. The order of the sum is fixed: it is one number on each engine. -#}
{% macro segmentation__squared_distance() -%}
{%- for name in segmentation__cluster_features() -%}
power(cast(scaled.{{ name }} as double precision) - centroids.{{ name }}_centroid, 2){% if not loop.last %}
            + {% endif %}
{%- endfor -%}
{%- endmacro %}
