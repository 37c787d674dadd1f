{#- The months that this run builds again, as SQL for a column with their first days: those in which a touched day lies. -#}
{% macro engagement__is_month_built_again(date_column) -%}
{% if is_incremental() -%}
{{ date_column }} in (select touched_days.event_date_local from touched_days)
{%- else -%}
1 = 1
{%- endif %}
{%- endmacro %}
