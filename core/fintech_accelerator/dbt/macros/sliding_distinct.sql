{#-
    How many different values a key had in the sliding window (t - W, t], for each row of `relation`.
    Returns a query for a CTE: the columns in `keep` and, for each window, <name>_<window>. Arguments as those of
    sliding_window; `value` is the column, or SQL, whose values are told apart: NULL is none.
-#}
{% macro sliding_distinct(relation, key, value, timestamp, windows, name, keep, form=none) -%}
{%- set chosen = {'native': core.duckdb__sliding_distinct, 'portable': core.default__sliding_distinct}.get(form) -%}
{%- if chosen is none -%}
{%- set chosen = adapter.dispatch('sliding_distinct', 'core') -%}
{%- endif -%}
{{ return(chosen(relation, key, value, timestamp, windows, name, keep)) }}
{%- endmacro %}

{% macro duckdb__sliding_distinct(relation, key, value, timestamp, windows, name, keep) -%}
select
    {% for column in keep -%}
    {{ column }},
    {% endfor -%}
    {% for window in windows -%}
    case
        when {{ key }} is not null
            then cast(count(distinct {{ value }}) over (
                partition by {{ key }}
                order by {{ timestamp }}
                range between interval {{ windows[window] * 1000000 - 1 }} microseconds preceding and current row
            ) as bigint)
    end as {{ name }}_{{ window }}{% if not loop.last %},{% endif %}
    {% endfor -%}
from {{ relation }}
{%- endmacro %}

{#-
    A value enters a window when its occurrence before is W old or older, and leaves it W after an occurrence that no
    other follows in between. Running sums of the two are the number of values, as in sliding_window.
-#}
{% macro default__sliding_distinct(relation, key, value, timestamp, windows, name, keep) -%}
with

distinct_events as (

    select distinct
        {{ key }} as window_key,
        {{ timestamp }} as window_time,
        {{ value }} as window_value
    from {{ relation }}
    where {{ key }} is not null

),

distinct_neighbours as (

    select
        window_key,
        window_time,
        lag(window_time) over (partition by window_key, window_value order by window_time) as time_before,
        lead(window_time) over (partition by window_key, window_value order by window_time) as time_after
    from distinct_events
    where window_value is not null

),

distinct_legs as (

    select
        window_key,
        window_time,
        1 as leg,
        {% for window in windows -%}
        case
            when time_before is null
                or {{ dbt.dateadd('second', windows[window], 'time_before') }} <= window_time then 1
            else 0
        end as {{ name }}_{{ window }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from distinct_neighbours
    union all
    select
        window_key,
        window_time,
        1 as leg,
        {% for window in windows -%}
        0 as {{ name }}_{{ window }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from distinct_events
    where window_value is null
    {% for leaving in windows -%}
    union all
    select
        window_key,
        {{ dbt.dateadd('second', windows[leaving], 'window_time') }} as window_time,
        0 as leg,
        {% for window in windows -%}
        {{ '-1' if window == leaving else '0' }} as {{ name }}_{{ window }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from distinct_neighbours
    where time_after is null or time_after >= {{ dbt.dateadd('second', windows[leaving], 'window_time') }}
    {% endfor %}
),

distinct_changes as (

    select
        window_key,
        window_time,
        leg,
        {% for window in windows -%}
        sum({{ name }}_{{ window }}) as {{ name }}_{{ window }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from distinct_legs
    group by window_key, window_time, leg

),

distinct_sums as (

    select
        window_key,
        window_time,
        leg,
        {% for window in windows -%}
        sum({{ name }}_{{ window }}) over (
            partition by window_key order by window_time, leg rows between unbounded preceding and current row
        ) as {{ name }}_{{ window }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from distinct_changes

)

select
    {% for column in keep -%}
    window_events.{{ column }},
    {% endfor -%}
    {% for window in windows -%}
    cast(distinct_sums.{{ name }}_{{ window }} as bigint) as {{ name }}_{{ window }}{% if not loop.last %},{% endif %}
    {% endfor -%}
from {{ relation }} as window_events
left join distinct_sums
    on distinct_sums.leg = 1
    and window_events.{{ key }} = distinct_sums.window_key
    and window_events.{{ timestamp }} = distinct_sums.window_time
{%- endmacro %}
