{#- The first day of a date's month. -#}
{% macro fraud__month(date_expression) -%}
cast({{ dbt.date_trunc('month', date_expression) }} as date)
{%- endmacro %}

{#- The date a number of months after a date; the number may be a column. -#}
{% macro fraud__months_later(date_expression, number_of_months) -%}
cast({{ dbt.dateadd('month', number_of_months, date_expression) }} as date)
{%- endmacro %}

{#- '1' for an hour that holds a usual share of a customer's payments, else '0'. -#}
{% macro fraud__usual_hour(hour) -%}
case
            when sum(monthly_hours.payments_at_{{ hour }}) >= {{ var('usual_hour_share') }} * sum(monthly_hours.payment_count)
                then '1'
            else '0'
        end
{%- endmacro %}
