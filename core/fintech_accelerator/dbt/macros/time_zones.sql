{#- The wall-clock time of a UTC timestamp. `time_zone` is SQL: a column or a quoted name; without it the bank's own. -#}
{% macro to_local(timestamp, time_zone=none) -%}
{{ return(adapter.dispatch('to_local', 'core')(timestamp, time_zone or core.bank_time_zone())) }}
{%- endmacro %}

{% macro default__to_local(timestamp, time_zone) -%}
convert_timezone('UTC', {{ time_zone }}, {{ timestamp }})
{%- endmacro %}

{% macro duckdb__to_local(timestamp, time_zone) -%}
timezone({{ time_zone }}, timezone('UTC', {{ timestamp }}))
{%- endmacro %}

{#- The UTC timestamp of a wall-clock time. Of an hour that occurs twice, it is the engine's choice which. -#}
{% macro to_utc(timestamp, time_zone=none) -%}
{{ return(adapter.dispatch('to_utc', 'core')(timestamp, time_zone or core.bank_time_zone())) }}
{%- endmacro %}

{% macro default__to_utc(timestamp, time_zone) -%}
convert_timezone({{ time_zone }}, 'UTC', {{ timestamp }})
{%- endmacro %}

{% macro duckdb__to_utc(timestamp, time_zone) -%}
timezone('UTC', timezone({{ time_zone }}, {{ timestamp }}))
{%- endmacro %}

{#- The bank's time zone as SQL. -#}
{% macro bank_time_zone() -%}
'{{ var('time_zone') | replace("'", "''") }}'
{%- endmacro %}
