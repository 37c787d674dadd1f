{#-
    Every model says its schema in full: core's in the core, the pack's name in packs. On Redshift a pack has two
    slots, and dbt's target says into which of them it is built.
-#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set schema = custom_schema_name if custom_schema_name is not none else target.schema -%}
    {%- if target.type == 'redshift' and node.package_name != 'core' -%}
    {{ schema }}__{{ target.name }}
    {%- else -%}
    {{ schema }}
    {%- endif -%}
{%- endmacro %}
