{#- The running sum of a change within one channel and segment: how many belong on that day. -#}
{% macro engagement__running_sum(change, relation='changes') -%}
cast(sum(coalesce({{ relation }}.{{ change }}, 0)) over (
            partition by every_day.channel, every_day.segment
            order by every_day.activity_date
            rows between unbounded preceding and current row
        ) as integer)
{%- endmacro %}
