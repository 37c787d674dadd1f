{#- A share with six digits; NULL when there is nothing to take a share of. -#}
{% macro segmentation__share(part, whole) -%}
{{ core.ratio(part, whole, 6) }}
{%- endmacro %}

{#- Money with two digits. -#}
{% macro segmentation__money(expression) -%}
cast({{ expression }} as decimal(18, 2))
{%- endmacro %}

{#- An expression that is NULL unless the bank maps the column or table it rests on: what is not known is never a zero. -#}
{% macro segmentation__when_mapped(table_name, column_name, expression, data_type) -%}
{% if core.has(table_name, column_name) %}{{ expression }}{% else %}cast(null as {{ data_type }}){% endif %}
{%- endmacro %}

{#-
    The capability flags of the bank, no_revenue when the revenue pack has no income to tell, and no_engagement when the
    engagement pack, if the mart asks it, says nothing.
-#}
{% macro segmentation__flags(names, has_income, has_engagement=none) -%}
{%- set of_bank = core.capability_flags(names) -%}
cast(
            {{ of_bank }} || case
                when {{ has_income }} = 1 then ''
                when {{ of_bank }} = '' then 'no_revenue'
                else ',no_revenue'
            end
            {%- if has_engagement %} || case
                when {{ has_engagement }} = 1 then ''
                when {{ of_bank }} = '' and {{ has_income }} = 1 then 'no_engagement'
                else ',no_engagement'
            end
            {%- endif %} as varchar(1024)
        )
{%- endmacro %}

{#- Whole days from a date to a snapshot. -#}
{% macro segmentation__days_to(first_date, snapshot_date) -%}
cast({{ dbt.datediff(first_date, snapshot_date, 'day') }} as integer)
{%- endmacro %}
