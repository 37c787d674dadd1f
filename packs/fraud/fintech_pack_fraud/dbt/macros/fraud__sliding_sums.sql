{#-
    Sums over sliding windows (t - W, t] per key, each measure over its own windows, in one pass. A query for a CTE.

    relation, key, timestamp, keep   as those of core.sliding_window; every row has a key
    windows      {'1h': 3600}: suffix and length in seconds
    measures     {'payment_count': {'value': '1', 'type': 'integer', 'windows': ['1h']}}
    distinct     [{'name': 'merchant_count', 'value': 'merchant_id', 'window': '1h'}]: numbers of different values
    last_before  [{'name': 'paid_before_at', 'value': 'paid_at', 'tie': 'payment_id'}]: the last value of an earlier
                 row, of a column that never falls
    form         'native' or 'portable' chooses a form for tests; left out, the engine's best
-#}
{% macro fraud__sliding_sums(
    relation, key, timestamp, windows, measures, keep, distinct=[], last_before=[], form=none
) -%}
{%- if (form or fraud__window_form() | trim) == 'native' -%}
{{ fraud__sums_in_frames(relation, key, timestamp, windows, measures, keep, distinct, last_before) }}
{%- else -%}
{{ fraud__sums_of_core(relation, key, timestamp, windows, measures, keep, distinct, last_before) }}
{%- endif -%}
{%- endmacro %}

{#- Which form is the engine's best. -#}
{% macro fraud__window_form() -%}
{{ adapter.dispatch('fraud__window_form', 'fraud')() }}
{%- endmacro %}

{% macro default__fraud__window_form() -%}
portable
{%- endmacro %}

{% macro duckdb__fraud__window_form() -%}
native
{%- endmacro %}

{#- DuckDB has RANGE frames: all windows share one sort, and counting rows needs no more than the frames' ends. -#}
{% macro fraud__sums_in_frames(relation, key, timestamp, windows, measures, keep, distinct, last_before) -%}
select
    {{ keep | join(',\n    ') }}
    {%- for last in last_before %},
    lag({{ last['value'] }} ignore nulls) over (
        partition by {{ key }} order by epoch_us({{ timestamp }}), {{ last['tie'] }}
    ) as {{ last['name'] }}
    {%- endfor %}
    {%- for values in distinct %},
    cast(count(distinct {{ values['value'] }}) over ({{ fraud__frame(key, timestamp, windows[values['window']]) }})
        as integer
    ) as {{ values['name'] }}_{{ values['window'] }}
    {%- endfor %}
    {%- for measure in measures -%}
    {%- set aggregate = 'count(*)' if measures[measure]['value'] == '1' else 'sum(' ~ measures[measure]['value'] ~ ')' -%}
    {%- for window in measures[measure]['windows'] %},
    cast({{ aggregate }} over ({{ fraud__frame(key, timestamp, windows[window]) }})
    as {{ measures[measure]['type'] }}) as {{ measure }}_{{ window }}
    {%- endfor -%}
    {%- endfor %}
from {{ relation }}
{%- endmacro %}

{% macro fraud__frame(key, timestamp, seconds) -%}

        partition by {{ key }}
        order by epoch_us({{ timestamp }})
        range between {{ seconds * 1000000 - 1 }} preceding and current row
    {% endmacro %}

{#- Elsewhere the core's forms with ROWS frames, joined by key and time. -#}
{% macro fraud__sums_of_core(relation, key, timestamp, windows, measures, keep, distinct, last_before) -%}
{%- set summed = {} -%}
{%- for measure in measures -%}
{%- set type = measures[measure]['type'] -%}
{%- do summed.update({measure: [measures[measure]['value'], type if type.startswith('decimal') else 'bigint']}) -%}
{%- endfor -%}
{%- set needed = [key, timestamp] -%}
{%- for last in last_before -%}
{%- do needed.extend([last['value'], last['tie']]) -%}
{%- endfor -%}
{%- set carried = fraud__with_all(keep, needed) -%}
select
    sliding_sums.{{ keep | join(',\n    sliding_sums.') }}
    {%- for last in last_before %},
    max(sliding_sums.{{ last['value'] }}) over (
        partition by sliding_sums.{{ key }}
        order by sliding_sums.{{ timestamp }}, sliding_sums.{{ last['tie'] }}
        rows between unbounded preceding and 1 preceding
    ) as {{ last['name'] }}
    {%- endfor %}
    {%- for values in distinct %},
    cast(distinct_{{ loop.index }}.{{ values['name'] }}_{{ values['window'] }} as integer)
        as {{ values['name'] }}_{{ values['window'] }}
    {%- endfor %}
    {%- for measure in measures -%}
    {%- for window in measures[measure]['windows'] %},
    cast(sliding_sums.{{ measure }}_{{ window }} as {{ measures[measure]['type'] }}) as {{ measure }}_{{ window }}
    {%- endfor -%}
    {%- endfor %}
from (
    {{ core.sliding_window(
        relation, key, timestamp, windows, summed, carried, form='portable'
    ) }}
) as sliding_sums
{%- for values in distinct %}
left join (
    select distinct * from (
        {{ core.sliding_distinct(
            relation, key, values['value'], timestamp, {values['window']: windows[values['window']]},
            values['name'], [key, timestamp], form='portable'
        ) }}
    ) as distinct_in_window
) as distinct_{{ loop.index }}
    on sliding_sums.{{ key }} = distinct_{{ loop.index }}.{{ key }}
    and sliding_sums.{{ timestamp }} = distinct_{{ loop.index }}.{{ timestamp }}
{%- endfor %}
{%- endmacro %}

{#- A list and what of another one it lacks. -#}
{% macro fraud__with_all(listed, added) -%}
{%- set both = listed | list -%}
{%- for name in added if name not in both -%}
{%- do both.append(name) -%}
{%- endfor -%}
{{ return(both) }}
{%- endmacro %}
