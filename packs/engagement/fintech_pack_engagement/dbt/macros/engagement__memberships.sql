{#- The windows of users, in days. -#}
{% macro engagement__windows() -%}
{{ return({'weekly_change': 7, 'monthly_change': 28, 'thirty_day_change': 30}) }}
{%- endmacro %}

{#- What changes on a day: users of the day itself, and who enters and leaves each window. -#}
{% macro engagement__changes() -%}
{{ return([
    'daily_users', 'digital_users', 'weekly_change', 'monthly_change', 'thirty_day_change', 'new_change', 'retained_change'
]) }}
{%- endmacro %}

{#- All changes as columns, of which one is counted and the others are 0. -#}
{% macro engagement__one_change(counted, expression) -%}
{% for change in engagement__changes() -%}
{{ expression if change == counted else '0' }} as {{ change }},
        {% endfor -%}
0 as source_batch_id
{%- endmacro %}

{#- All changes as sums, with the newest batch. -#}
{% macro engagement__summed_changes() -%}
{% for change in engagement__changes() -%}
sum({{ change }}) as {{ change }},
        {% endfor -%}
max(source_batch_id) as source_batch_id
{%- endmacro %}
