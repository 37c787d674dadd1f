{#- The months that this run builds again, as SQL for a column with their first days: those in which a touched day lies. -#}
{% macro engagement__is_month_built_again(date_column) -%}
{% if is_incremental() -%}
{{ date_column }} in (select touched_days.event_date_local from touched_days)
{%- else -%}
1 = 1
{%- endif %}
{%- endmacro %}

{#-
    The CTE `months` of an incremental model whose windows end with the month: the months that a touched day can reach, and
    those that end on another day than when they were built. Who reads such a model joins on month_end, too: what was kept
    of a month that has another end now does not count.
-#}
{% macro engagement__months_in_reach() -%}
months as (

    select
        every_month.month_start,
        every_month.month_end
    from {{ ref('int_engagement__months') }} as every_month
    {% if is_incremental() -%}
    left join (
        select distinct
            month_start,
            month_end
        from {{ this }}
    ) as kept
        on every_month.month_start = kept.month_start
        and every_month.month_end = kept.month_end
    where
        kept.month_start is null
        or every_month.month_start in (select touched_days.event_date_local from touched_days)
    {%- endif %}

)
{%- endmacro %}
