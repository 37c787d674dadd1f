{#-
    The value of an effective-dated (regulatory) parameter of the calling pack on a date, as SQL.
    `date_expression` is a date column, or SQL for a date, of the query around it.
-#}
{% macro parameter(name, date_expression, data_type='decimal(18, 6)', form=none) -%}
{%- set chosen = {'native': core.duckdb__parameter, 'portable': core.default__parameter}.get(form) -%}
{%- if chosen is none -%}
{%- set chosen = adapter.dispatch('parameter', 'core') -%}
{%- endif -%}
{{ return(chosen(name, date_expression, data_type)) }}
{%- endmacro %}

{% macro duckdb__parameter(name, date_expression, data_type) -%}
(
    select cast(max(parameter_values.value) as {{ data_type }})
    from {{ source('ops', 'parameter_values') }} as parameter_values
    where
        parameter_values.pack = '{{ model.package_name }}'
        and parameter_values.name = '{{ name }}'
        and {{ date_expression }} >= parameter_values.effective_from
        and ({{ date_expression }} < parameter_values.effective_to or parameter_values.effective_to is null)
)
{%- endmacro %}

{#- Redshift correlates a subquery by equality only, so each of the latest periods is fetched on its own. -#}
{% macro default__parameter(name, date_expression, data_type) -%}
case
    {% for rank in range(1, 13) -%}
    when {{ date_expression }} >= {{ core.core__parameter_period(name, 'effective_from', 'date', rank) }}
        then {{ core.core__parameter_period(name, 'value', data_type, rank) }}
    {% endfor -%}
end
{%- endmacro %}

{#- A fact of the period that comes `rank` periods from the end. -#}
{% macro core__parameter_period(name, column_name, data_type, rank) -%}
(
            select cast(max(ranked_periods.{{ column_name }}) as {{ data_type }})
            from (
                select
                    parameter_values.value,
                    parameter_values.effective_from,
                    row_number() over (order by parameter_values.effective_from desc) as period_rank
                from {{ source('ops', 'parameter_values') }} as parameter_values
                where
                    parameter_values.pack = '{{ model.package_name }}'
                    and parameter_values.name = '{{ name }}'
            ) as ranked_periods
            where ranked_periods.period_rank = {{ rank }}
        )
{%- endmacro %}
