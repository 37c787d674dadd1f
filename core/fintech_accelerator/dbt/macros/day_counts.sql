{#-
    The part of a year between two dates as decimal(18, 12). `convention` is a name ('ACT/360') or SQL for a column
    that holds one; of an unknown convention it is NULL. The forms are those of QuantLib, which the tests compare with.
-#}
{% macro year_fraction(first_date, second_date, convention) -%}
{%- if convention in core.core__day_count_conventions() -%}
cast({{ core.core__year_fraction(first_date, second_date, convention) }} as decimal(18, 12))
{%- else -%}
cast(case {{ convention }}
    {% for name in core.core__day_count_conventions() -%}
    when '{{ name }}' then {{ core.core__year_fraction(first_date, second_date, name) }}
    {% endfor -%}
end as decimal(18, 12))
{%- endif -%}
{%- endmacro %}

{#- The conventions of accounts.day_count. -#}
{% macro core__day_count_conventions() -%}
{{ return(['ACT/360', 'ACT/365F', 'ACT/ACT', '30/360US', '30/360', '30E/360']) }}
{%- endmacro %}

{% macro core__year_fraction(first_date, second_date, convention) -%}
{%- if convention == 'ACT/360' -%}
cast({{ dbt.datediff(first_date, second_date, 'day') }} as double precision) / 360
{%- elif convention == 'ACT/365F' -%}
cast({{ dbt.datediff(first_date, second_date, 'day') }} as double precision) / 365
{%- elif convention == 'ACT/ACT' -%}
{{ core.core__year_fraction_actual(first_date, second_date) }}
{%- else -%}
{{ core.core__year_fraction_thirty(first_date, second_date, convention) }}
{%- endif -%}
{%- endmacro %}

{#- ACT/ACT ISDA: the days in each calendar year over that year's length. -#}
{% macro core__year_fraction_actual(first_date, second_date) -%}
{%- set first_year = 'cast(' ~ dbt.date_trunc('year', first_date) ~ ' as date)' -%}
{%- set second_year = 'cast(' ~ dbt.date_trunc('year', second_date) ~ ' as date)' -%}
{%- set after_first = 'cast(' ~ dbt.dateadd('year', 1, first_year) ~ ' as date)' -%}
{%- set after_second = 'cast(' ~ dbt.dateadd('year', 1, second_year) ~ ' as date)' -%}
case
    when {{ first_year }} = {{ second_year }}
        then cast({{ dbt.datediff(first_date, second_date, 'day') }} as double precision)
            / {{ dbt.datediff(first_year, after_first, 'day') }}
    else
        cast({{ dbt.datediff(first_date, after_first, 'day') }} as double precision)
        / {{ dbt.datediff(first_year, after_first, 'day') }}
        + (extract(year from {{ second_year }}) - extract(year from {{ after_first }}))
        + cast({{ dbt.datediff(second_year, second_date, 'day') }} as double precision)
        / {{ dbt.datediff(second_year, after_second, 'day') }}
end
{%- endmacro %}

{#- The three conventions of months of 30 days differ in what they do with the 31st and the end of February. -#}
{% macro core__year_fraction_thirty(first_date, second_date, convention) -%}
{%- set first_day = 'extract(day from ' ~ first_date ~ ')' -%}
{%- set second_day = 'extract(day from ' ~ second_date ~ ')' -%}
{%- set first_is_february_end = '(extract(month from ' ~ first_date ~ ') = 2 and extract(day from '
    ~ core.add_days(first_date, 1) ~ ') = 1)' -%}
{%- set second_is_february_end = '(extract(month from ' ~ second_date ~ ') = 2 and extract(day from '
    ~ core.add_days(second_date, 1) ~ ') = 1)' -%}
cast(
    360 * (extract(year from {{ second_date }}) - extract(year from {{ first_date }}))
    + 30 * (extract(month from {{ second_date }}) - extract(month from {{ first_date }}))
    {% if convention == '30/360US' -%}
    + case
        when {{ first_is_february_end }} and {{ second_is_february_end }} then 30
        when {{ second_day }} = 31 and ({{ first_day }} >= 30 or {{ first_is_february_end }}) then 30
        else {{ second_day }}
    end
    - case when {{ first_day }} = 31 or {{ first_is_february_end }} then 30 else {{ first_day }} end
    {%- elif convention == '30/360' -%}
    + case when {{ second_day }} = 31 and {{ first_day }} >= 30 then 30 else {{ second_day }} end
    - case when {{ first_day }} = 31 then 30 else {{ first_day }} end
    {%- else -%}
    + case when {{ second_day }} = 31 then 30 else {{ second_day }} end
    - case when {{ first_day }} = 31 then 30 else {{ first_day }} end
    {%- endif %}
as double precision) / 360
{%- endmacro %}
