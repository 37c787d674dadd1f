{#- The bank's base currency as SQL. -#}
{% macro base_currency() -%}
{{ core.core__base_currency() }}
{%- endmacro %}
