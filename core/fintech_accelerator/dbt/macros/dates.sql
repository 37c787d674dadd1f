{#- Whole months from one date to a later one: a month is complete on the same day of the month. -#}
{% macro months_between(first_date, second_date) -%}
cast(
    (extract(year from {{ second_date }}) - extract(year from {{ first_date }})) * 12
    + (extract(month from {{ second_date }}) - extract(month from {{ first_date }}))
    - case when extract(day from {{ second_date }}) < extract(day from {{ first_date }}) then 1 else 0 end
as integer)
{%- endmacro %}

{#- The date a number of days after a date; the number may be a column. -#}
{% macro add_days(date_expression, number_of_days) -%}
cast({{ dbt.dateadd('day', number_of_days, date_expression) }} as date)
{%- endmacro %}

{#- The digits 0 to 9 as rows of `digit`. -#}
{% macro core__digits() -%}
{%- for digit in range(10) -%}
select {{ digit }} as digit{% if not loop.last %} union all {% endif %}
{%- endfor -%}
{%- endmacro %}

{#- The whole numbers from 0 to `last` as rows of `number`; a query for a CTE or brackets. -#}
{% macro numbers(last) -%}
{%- set places = (last | string | length) -%}
select number
from (
    select
        {% for place in range(places) -%}
        digits_{{ place }}.digit * {{ 10 ** place }}{% if not loop.last %} + {% endif %}
        {%- endfor %} as number
    from ({{ core.core__digits() }}) as digits_0
    {% for place in range(1, places) -%}
    cross join ({{ core.core__digits() }}) as digits_{{ place }}
    {% endfor -%}
) as numbers_from_zero
where number <= {{ last }}
{%- endmacro %}
