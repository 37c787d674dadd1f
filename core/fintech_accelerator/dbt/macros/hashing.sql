{#- SHA-256 of a text as 64 lower-case hexadecimal digits; NULL of NULL. -#}
{% macro hash(expression) -%}
{{ return(adapter.dispatch('hash', 'core')(expression)) }}
{%- endmacro %}

{% macro default__hash(expression) -%}
sha2(cast({{ expression }} as varchar(65535)), 256)
{%- endmacro %}

{% macro duckdb__hash(expression) -%}
sha256(cast({{ expression }} as varchar))
{%- endmacro %}
