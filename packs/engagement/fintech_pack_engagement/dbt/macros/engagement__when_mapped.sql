{#- An expression that is NULL when the bank does not map what it rests on: what is not known is never a zero. -#}
{% macro engagement__when_mapped(table_name, column_name, expression, data_type='integer') -%}
{% if core.has(table_name, column_name) %}{{ expression }}{% else %}cast(null as {{ data_type }}){% endif %}
{%- endmacro %}

{#- An expression that is NULL when the bank maps neither log-ins nor digital events. -#}
{% macro engagement__when_digital(expression, data_type='integer') -%}
{% if core.has('login_activity') or core.has('digital_events') %}{{ expression }}{% else %}cast(null as {{ data_type }}){% endif %}
{%- endmacro %}
