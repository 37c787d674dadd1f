{#-
    The sums of segmentation__windowed over every key that ever had a day, as CTEs for an incremental model by month, the
    last of which is `windows`. `relation` is the ref of a model with the columns named there; the CTE `snapshots` has the
    snapshots. The first month to build is the first that a changed day of `event_tables` lies in; everything from there
    on is built again on the sums of the month before it, so that the cost is that of the months that change.
    `event_tables` must name transactions, which decide about the snapshots. `version` names a column of `snapshots`
    whose change builds every month again; `days` a relation with the days of `relation`, when they are had cheaper there.
    The relation is no CTE, since DuckDB would keep the whole of a CTE that is read so often.
-#}
{% macro segmentation__running_windows(relation, measures, event_tables, key='customer_id', version=none, days=none) -%}
{{ segmentation__months_to_build(event_tables, version) }},

known_days as (

    select distinct event_date_local
    from {{ days or relation }}

),

{# In which month a day enters all windows (0), and leaves those of so many days. #}
leg_days as (
    {% for length in [0] + segmentation__window_lengths(measures) %}
    select
        known_days.event_date_local,
        {{ length }} as window_days,
        greatest(
            cast({{ dbt.date_trunc('month', core.add_days('known_days.event_date_local', length)) }} as date),
            bounds.first_month
        ) as month_start
    from known_days
    inner join bounds
        on {{ core.add_days('known_days.event_date_local', length) }} >= bounds.first_leg_date
        and {{ core.add_days('known_days.event_date_local', length) }} <= bounds.last_date
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

legs as (

    {{ segmentation__running_leg(relation, measures, none, key) }}
    {% for length in segmentation__window_lengths(measures) %}
    union all

    {{ segmentation__running_leg(relation, measures, length, key) }}
    {% endfor %}
    {%- if is_incremental() %}
    union all

    select
        sums_before.{{ key }},
        bounds.first_month as month_start,
        {{ segmentation__window_columns(measures) | join(',\n        ') }}
    from {{ this }} as sums_before
    inner join bounds
        on sums_before.month_start = bounds.month_before
    {% endif %}
),

changes as (

    select
        {{ key }},
        month_start,
        {% for name in segmentation__window_columns(measures) -%}
        sum({{ name }}) as {{ name }}{% if not loop.last %},
        {% endif %}
        {%- endfor %}
    from legs
    group by {{ key }}, month_start

),

first_months as (

    select
        {{ key }},
        min(month_start) as first_month
    from changes
    group by {{ key }}

),

windows as (

    select
        first_months.{{ key }},
        snapshots.month_start,
        snapshots.snapshot_date,
        {% if version -%}
        snapshots.{{ version }},
        {% endif -%}
        {% for name in segmentation__window_columns(measures) -%}
        cast(sum(coalesce(changes.{{ name }}, 0)) over (
            partition by first_months.{{ key }}
            order by snapshots.month_start
            rows between unbounded preceding and current row
        ) as {{ segmentation__sum_type(name) }}) as {{ name }}{% if not loop.last %},
        {% endif %}
        {%- endfor %}
    from first_months
    inner join snapshots
        on first_months.first_month <= snapshots.month_start
    left join changes
        on first_months.{{ key }} = changes.{{ key }}
        and snapshots.month_start = changes.month_start

)
{%- endmacro %}

{#-
    The CTE `bounds` of one row: the first month to build, the one before it, from which day on legs are read and up to
    which. It is empty when nothing changed. A month that was still running when it was built has another snapshot now.
-#}
{% macro segmentation__months_to_build(event_tables, version=none) -%}
changed_days as (

    {{ core.touched_days(event_tables, reach_days=0, reach_back_days=30) }}

),

{% if is_incremental() -%}
kept as (

    select distinct
        month_start,
        {% if version -%}
        {{ version }},
        {% endif -%}
        snapshot_date
    from {{ this }}

),

{% endif -%}
first_month_to_build as (

    select min(snapshots.month_start) as first_month
    from snapshots
    {% if is_incremental() -%}
    left join kept
        on snapshots.month_start = kept.month_start
        and snapshots.snapshot_date = kept.snapshot_date
    where
        snapshots.month_start >= (select min(changed_days.event_date_local) from changed_days)
        or (
            kept.month_start is null
            and snapshots.month_start >= coalesce((select max(kept.month_start) from kept), snapshots.month_start)
        )
        {%- if version %}
        or snapshots.{{ version }} <> (select min(kept.{{ version }}) from kept)
        {%- endif %}
    {%- endif %}

),

bounds_of_all as (

    select
        first_month_to_build.first_month,
        max(
            case when snapshots.month_start < first_month_to_build.first_month then snapshots.month_start end
        ) as month_before,
        max(snapshots.snapshot_date) as last_date
    from snapshots
    cross join first_month_to_build
    group by first_month_to_build.first_month

),

{# What happened before the first snapshot of all counts in it. #}
bounds as (

    select
        first_month,
        month_before,
        case when month_before is null then cast('1900-01-01' as date) else first_month end as first_leg_date,
        last_date
    from bounds_of_all
    where first_month is not null

)
{%- endmacro %}

{#- What enters all windows, or leaves those of so many days, by key and month from the first month to build on. -#}
{% macro segmentation__running_leg(relation, measures, days, key) -%}
select
        days.{{ key }},
        leg_days.month_start,
        {{ segmentation__leg(measures, days) }}
    from {{ relation }} as days
    inner join leg_days
        on days.event_date_local = leg_days.event_date_local
        and leg_days.window_days = {{ days or 0 }}
    group by days.{{ key }}, leg_days.month_start
{%- endmacro %}

{#- Counts stay whole; money has two digits. -#}
{% macro segmentation__sum_type(name) -%}
{{ 'bigint' if '_count_' in name else 'decimal(38, 2)' }}
{%- endmacro %}
