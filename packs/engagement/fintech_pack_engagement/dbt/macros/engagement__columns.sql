{#- A ratio that is NULL without a denominator. -#}
{% macro engagement__ratio(numerator, denominator) -%}
{{ core.ratio(numerator, denominator, 6) }}
{%- endmacro %}

{#- The first day of the month of a date. -#}
{% macro engagement__month_of(date_column) -%}
cast({{ dbt.date_trunc('month', date_column) }} as date)
{%- endmacro %}

{#- Where a text stands in a list whose items commas separate; 0 when it does not, NULL for NULL. -#}
{% macro engagement__place_in_list(text_column, listed) -%}
{{ dbt.position("(',' || " ~ text_column ~ " || ',')", "(',' || replace(" ~ listed ~ ", ' ', '') || ',')") }}
{%- endmacro %}
