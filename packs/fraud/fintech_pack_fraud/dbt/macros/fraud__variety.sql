{#-
    The number of different values per key in one sliding window, where most keys have one value only: their rows say
    1 without a window. CTEs, the last of which is `name`: the columns of the row's key and <name>_<window>.
-#}
{% macro fraud__variety(name, relation, key, value, timestamp, window, seconds, row_key) -%}
{{ name }}_keys as (

    select {{ key }}
    from {{ relation }}
    where {{ key }} is not null
    group by {{ key }}
    having min({{ value }}) <> max({{ value }}) or count({{ value }}) < count(*)

),

{{ name }}_varied as (

    select {{ relation }}.*
    from {{ relation }}
    inner join {{ name }}_keys
        on {{ relation }}.{{ key }} = {{ name }}_keys.{{ key }}

),

{{ name }}_windows as (

    {{ core.sliding_distinct(
        relation=name ~ '_varied',
        key=key,
        value=value,
        timestamp=timestamp,
        windows={window: seconds},
        name=name,
        keep=[row_key]
    ) }}

),

{{ name }} as (

    select
        {{ relation }}.{{ row_key }},
        cast(coalesce({{ name }}_windows.{{ name }}_{{ window }}, 1) as integer) as {{ name }}_{{ window }}
    from {{ relation }}
    left join {{ name }}_windows
        on {{ relation }}.{{ row_key }} = {{ name }}_windows.{{ row_key }}
    where {{ relation }}.{{ key }} is not null

)
{%- endmacro %}
