{#- Weeks of a month, as lifetimes count them. -#}
{% macro segmentation__weeks_of(months) -%}
({{ months }} * cast('365.25' as double precision) / 84)
{%- endmacro %}

{#- How many terms of the hypergeometric series are added up: enough for fifteen digits at a year ahead of a month's life. -#}
{% macro segmentation__series_terms() -%}
{{ return(150) }}
{%- endmacro %}

{#- What Gamma-Gamma expects of a week with an act: the mean of all, drawn to the customer's own the more weeks there are. -#}
{% macro segmentation__week_spend() -%}
model.p * (model.v + active_weeks.repeat_weeks * active_weeks.mean_spend)
                    / (model.p * active_weeks.repeat_weeks + model.q - 1)
{%- endmacro %}
