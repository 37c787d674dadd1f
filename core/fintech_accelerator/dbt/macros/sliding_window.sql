{#-
    Sums over sliding windows (t - W, t] per key: every row at t counts, a row exactly W old no longer does.
    Returns a query for a CTE, one row for each row of `relation`: the columns in `keep` and, for each measure and
    window, <measure>_<window>. All windows and measures over one key are computed in one pass.

    relation   name of a CTE
    key        column to partition by; rows without a key get NULL, they share no window
    timestamp  column of the event's time
    windows    {'1h': 3600, '24h': 86400}: suffix and length in seconds
    measures   {'debits_count': ["case when direction = 'D' then 1 else 0 end", 'bigint']}: what is summed, and its
               type: bigint or decimal, never a floating one, whose sums depend on their order; NULL counts as 0
    keep       columns to hand through
    form       'native' or 'portable' chooses a form for tests; left out, the engine's best
-#}
{% macro sliding_window(relation, key, timestamp, windows, measures, keep, form=none) -%}
{%- set chosen = {'native': core.duckdb__sliding_window, 'portable': core.default__sliding_window}.get(form) -%}
{%- if chosen is none -%}
{%- set chosen = adapter.dispatch('sliding_window', 'core') -%}
{%- endif -%}
{{ return(chosen(relation, key, timestamp, windows, measures, keep)) }}
{%- endmacro %}

{% macro duckdb__sliding_window(relation, key, timestamp, windows, measures, keep) -%}
select
    {% for column in keep -%}
    {{ column }},
    {% endfor -%}
    {% for measure in measures -%}
    {% set last_measure = loop.last -%}
    {% for window in windows -%}
    case
        when {{ key }} is not null
            then cast(sum(coalesce(cast({{ measures[measure][0] }} as {{ measures[measure][1] }}), 0)) over (
                partition by {{ key }}
                order by {{ timestamp }}
                range between interval {{ windows[window] * 1000000 - 1 }} microseconds preceding and current row
            ) as {{ measures[measure][1] }})
    end as {{ measure }}_{{ window }}{% if not (loop.last and last_measure) %},{% endif %}
    {% endfor -%}
    {% endfor -%}
from {{ relation }}
{%- endmacro %}

{#-
    Each event enters its windows at t and leaves each of them W later. Both are rows of one running sum, in which a
    leaving row stands before what enters at the same time. Rows of one key and time are put together first, so that
    ROWS frames, the only ones Redshift has, count all of them.
-#}
{% macro default__sliding_window(relation, key, timestamp, windows, measures, keep) -%}
with

window_groups as (

    select
        {{ key }} as window_key,
        {{ timestamp }} as window_time,
        {% for measure in measures -%}
        sum(coalesce(cast({{ measures[measure][0] }} as {{ measures[measure][1] }}), 0)) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor -%}
    from {{ relation }}
    where {{ key }} is not null
    group by {{ key }}, {{ timestamp }}

),

window_legs as (

    select
        window_key,
        window_time,
        1 as leg,
        {% for measure in measures -%}
        {% set last_measure = loop.last -%}
        {% for window in windows -%}
        {{ measure }} as {{ measure }}_{{ window }}{% if not (loop.last and last_measure) %},{% endif %}
        {% endfor -%}
        {% endfor -%}
    from window_groups
    {% for leaving in windows -%}
    union all
    select
        window_key,
        {{ dbt.dateadd('second', windows[leaving], 'window_time') }} as window_time,
        0 as leg,
        {% for measure in measures -%}
        {% set last_measure = loop.last -%}
        {% for window in windows -%}
        {{ '-' ~ measure if window == leaving else '0' }} as {{ measure }}_{{ window }}
        {%- if not (loop.last and last_measure) %},{% endif %}
        {% endfor -%}
        {% endfor -%}
    from window_groups
    {% endfor %}
),

window_sums as (

    select
        window_key,
        window_time,
        leg,
        {% for measure in measures -%}
        {% set last_measure = loop.last -%}
        {% for window in windows -%}
        sum({{ measure }}_{{ window }}) over (
            partition by window_key order by window_time, leg rows between unbounded preceding and current row
        ) as {{ measure }}_{{ window }}{% if not (loop.last and last_measure) %},{% endif %}
        {% endfor -%}
        {% endfor -%}
    from window_legs

)

select
    {% for column in keep -%}
    window_events.{{ column }},
    {% endfor -%}
    {% for measure in measures -%}
    {% set last_measure = loop.last -%}
    {% for window in windows -%}
    cast(window_sums.{{ measure }}_{{ window }} as {{ measures[measure][1] }}) as {{ measure }}_{{ window }}
    {%- if not (loop.last and last_measure) %},{% endif %}
    {% endfor -%}
    {% endfor -%}
from {{ relation }} as window_events
left join window_sums
    on window_sums.leg = 1
    and window_events.{{ key }} = window_sums.window_key
    and window_events.{{ timestamp }} = window_sums.window_time
{%- endmacro %}
