{#- What the marts take of a customer's days, and over which windows. 120 and 180 days give what came before 30 and 90. -#}
{% macro segmentation__day_measures() -%}
{{ return({
    'active_day_count': {'rfm': var('rfm_days') | int},
    'transaction_count': {'30d': 30, '90d': 90, '365d': 365},
    'spend_amount': {'30d': 30, '90d': 90, '120d': 120, '180d': 180, '365d': 365, 'rfm': var('rfm_days') | int},
    'inflow_amount': {'30d': 30, '90d': 90},
    'outflow_amount': {'90d': 90},
    'payroll_inflow_amount': {'90d': 90},
    'bill_count': {'30d': 30},
    'digital_count': {'90d': 90},
    'cash_count': {'90d': 90},
    'known_country_count': {'90d': 90},
    'cross_border_count': {'90d': 90},
    'weekend_count': {'90d': 90},
    'unconverted_count': {'365d': 365},
}) }}
{%- endmacro %}

{#- The groups of spending that have a column. Health, gambling and donations stay in the rest: they speak of what is private. -#}
{% macro segmentation__spend_groups() -%}
{{ return([
    'groceries', 'restaurants', 'general_retail', 'online_retail', 'clothing', 'electronics', 'home', 'leisure',
    'motoring', 'travel'
]) }}
{%- endmacro %}

{% macro segmentation__login_measures() -%}
{{ return({'login_count': {'90d': 90}}) }}
{%- endmacro %}

{#- Of an account, by its days with a known balance. -#}
{% macro segmentation__balance_measures() -%}
{{ return({'balance': {'90d': 90}, 'day_count': {'90d': 90}}) }}
{%- endmacro %}

{% macro segmentation__spend_group_measures() -%}
{%- set measures = {'remaining_amount': {'365d': 365}} -%}
{%- for name in segmentation__spend_groups() -%}
{%- do measures.update({name ~ '_amount': {'365d': 365}}) -%}
{%- endfor -%}
{{ return(measures) }}
{%- endmacro %}

{#-
    Sums over windows that end at each snapshot, (M - W, M], as CTEs, the last of which is `windows`: a column <measure>_<window>
    for each of `measures` ({'spend_amount': {'30d': 30}}). `relation` names a CTE with the key, event_date_local and the
    measures; the CTE `months` has the snapshots of each key. A day counts from the month in which it enters a window until the month
    in which it leaves it, so that one running sum per key gives every window without joining days to snapshots.
-#}
{% macro segmentation__windowed(relation, measures, key='customer_id', months='customer_months') -%}
first_months as (

    select
        {{ key }},
        min(month_start) as first_month
    from {{ months }}
    group by {{ key }}

),

observed as (

    select max(snapshot_date) as last_date
    from {{ months }}

),

legs as (

    select
        {{ relation }}.{{ key }},
        cast({{ dbt.date_trunc('month', relation ~ '.event_date_local') }} as date) as month_start,
        {{ segmentation__leg(measures, none) }}
    from {{ relation }}
    inner join observed
        on {{ relation }}.event_date_local <= observed.last_date
    group by {{ relation }}.{{ key }}, cast({{ dbt.date_trunc('month', relation ~ '.event_date_local') }} as date)
    {% for days in segmentation__window_lengths(measures) %}
    union all

    select
        {{ relation }}.{{ key }},
        cast({{ dbt.date_trunc('month', dbt.dateadd('day', days, relation ~ '.event_date_local')) }} as date) as month_start,
        {{ segmentation__leg(measures, days) }}
    from {{ relation }}
    inner join observed
        on {{ dbt.dateadd('day', days, relation ~ '.event_date_local') }} <= observed.last_date
    group by
        {{ relation }}.{{ key }},
        cast({{ dbt.date_trunc('month', dbt.dateadd('day', days, relation ~ '.event_date_local')) }} as date)
    {% endfor %}
),

{#- What happened before a key's first snapshot counts in it. #}
changes as (

    select
        legs.{{ key }},
        greatest(legs.month_start, first_months.first_month) as month_start,
        {% for name in segmentation__window_columns(measures) -%}
        sum(legs.{{ name }}) as {{ name }}{% if not loop.last %},
        {% endif %}
        {%- endfor %}
    from legs
    inner join first_months
        on legs.{{ key }} = first_months.{{ key }}
    group by legs.{{ key }}, greatest(legs.month_start, first_months.first_month)

),

windows as (

    select
        {{ months }}.{{ key }},
        {{ months }}.month_start,
        {% for name in segmentation__window_columns(measures) -%}
        sum(coalesce(changes.{{ name }}, 0)) over (
            partition by {{ months }}.{{ key }}
            order by {{ months }}.month_start
            rows between unbounded preceding and current row
        ) as {{ name }}{% if not loop.last %},
        {% endif %}
        {%- endfor %}
    from {{ months }}
    left join changes
        on {{ months }}.{{ key }} = changes.{{ key }}
        and {{ months }}.month_start = changes.month_start

)
{%- endmacro %}

{#- The columns of one leg: what enters all windows, or what leaves those of so many days. -#}
{% macro segmentation__leg(measures, days) -%}
{%- for measure, windows in measures.items() -%}
{%- set last_measure = loop.last -%}
{%- for suffix, length in windows.items() -%}
{%- if days is none -%}
sum({{ measure }}) as {{ measure }}_{{ suffix }}
{%- elif length == days -%}
-sum({{ measure }}) as {{ measure }}_{{ suffix }}
{%- else -%}
0 as {{ measure }}_{{ suffix }}
{%- endif -%}
{%- if not (last_measure and loop.last) %},
        {% endif %}
{%- endfor -%}
{%- endfor -%}
{%- endmacro %}

{#- The names of the columns that windows of measures have. -#}
{% macro segmentation__window_columns(measures) -%}
{%- set names = [] -%}
{%- for measure, windows in measures.items() -%}
{%- for suffix in windows.keys() -%}
{%- do names.append(measure ~ '_' ~ suffix) -%}
{%- endfor -%}
{%- endfor -%}
{{ return(names) }}
{%- endmacro %}

{#- The lengths of all windows of measures, in days. -#}
{% macro segmentation__window_lengths(measures) -%}
{%- set lengths = [] -%}
{%- for windows in measures.values() -%}
{%- for days in windows.values() -%}
{%- do lengths.append(days) -%}
{%- endfor -%}
{%- endfor -%}
{{ return(lengths | unique | sort) }}
{%- endmacro %}

{#-
    The sums of an incremental model for the customers known by each snapshot, as the CTE `windows`: zero for who had no
    day. `sums` names a CTE of that model, the CTE `customer_months` has the snapshots of each customer.
-#}
{% macro segmentation__windows_of(sums, measures) -%}
windows as (

    select
        customer_months.customer_id,
        customer_months.month_start,
        {% for name in segmentation__window_columns(measures) -%}
        coalesce({{ sums }}.{{ name }}, 0) as {{ name }}{% if not loop.last %},
        {% endif %}
        {%- endfor %}
    from customer_months
    left join {{ sums }}
        on customer_months.customer_id = {{ sums }}.customer_id
        and customer_months.month_start = {{ sums }}.month_start
        and customer_months.snapshot_date = {{ sums }}.snapshot_date

)
{%- endmacro %}
