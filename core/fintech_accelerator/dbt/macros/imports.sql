{#-
    The rows of another pack's export as a query for a CTE; none, with the same columns, when that pack is not enabled.
    `columns` gives each column its type: {'customer_id': 'varchar(64)', 'score': 'decimal(18, 6)'}.
-#}
{% macro import_or_empty(pack, mart, columns) -%}
{%- if pack in var('enabled_packs', []) -%}
select
    {% for name in columns -%}
    {{ name }}{% if not loop.last %},{% endif %}
    {% endfor -%}
from {{ ref(pack, mart) }}
{%- else -%}
select
    {% for name in columns -%}
    cast(null as {{ columns[name] }}) as {{ name }}{% if not loop.last %},{% endif %}
    {% endfor -%}
where 1 = 0
{%- endif -%}
{%- endmacro %}
