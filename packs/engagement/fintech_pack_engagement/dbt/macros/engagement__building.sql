{#-
    Whether this run builds a day of activity again, as SQL: every day from the first touched one on, all of them in a
    build from nothing. A reversal touches the thirty days before it.
-#}
{% macro engagement__is_built_again(date_column) -%}
({% if not is_incremental() %}1 = 1 or {% endif %}{{ date_column }} >= (
            select min(days_touched.event_date_local)
            from (
                {{ core.touched_days(
                    ['transactions', 'login_activity', 'digital_events'], reach_days=0, reach_back_days=30
                ) }}
            ) as days_touched
        ))
{%- endmacro %}
