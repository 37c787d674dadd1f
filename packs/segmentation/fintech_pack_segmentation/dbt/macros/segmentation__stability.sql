{#- The features whose distribution is watched, and of which clusters are made: behaviour, and nothing that nearly names a trait. -#}
{% macro segmentation__watched_features() -%}
{{ return([
    'recency_days', 'transaction_count_90d', 'active_months_12', 'spend_amount_90d', 'inflow_amount_90d',
    'digital_transaction_share_90d', 'cash_share_90d', 'weekend_share_90d', 'product_type_count', 'tenure_months'
]) }}
{%- endmacro %}

{#- A share that is never quite zero, so that its logarithm is a number. -#}
{% macro segmentation__floored_share(part, whole) -%}
greatest(cast({{ part }} as double precision) / nullif({{ whole }}, 0), cast('0.0001' as double precision))
{%- endmacro %}

{#- How many pairs so many things make, as a floating number: those of fifty thousand customers squared leave bigint. -#}
{% macro segmentation__pairs(counted) -%}
cast({{ counted }} as double precision) * (cast({{ counted }} as double precision) - 1) / 2
{%- endmacro %}

{#- The tenth of a value by nine cut points, 0 for a value that is not known. -#}
{% macro segmentation__tenth(column_name, cut_point) -%}
case
            when {{ column_name }} is null then 0
            else 1{% for tenth in range(1, 10) %}
                + case when {{ column_name }} > {{ cut_point }}_{{ tenth }} then 1 else 0 end
            {%- endfor %}

        end
{%- endmacro %}
