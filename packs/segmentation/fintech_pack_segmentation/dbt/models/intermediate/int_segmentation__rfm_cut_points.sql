{# Where the five scores part at each snapshot. With fixed cut points, those of the first snapshot whose whole window is
   observed serve every snapshot: a customer who moves has changed, and not the ranking around them. Until there is such a
   snapshot, the newest gives them. Equal values never part: cume_dist keeps ties together. #}
with

inputs as (

    select
        month_start,
        snapshot_date,
        is_whole_window,
        recency_days,
        frequency_days,
        monetary_amount
    from {{ ref('int_segmentation__rfm_inputs') }}

),

baseline as (

    select
        coalesce(min(case when is_whole_window = 1 then month_start end), max(month_start)) as month_start,
        max(is_whole_window) as has_whole_window
    from inputs

),

{# The snapshots that give cut points: the baseline alone, or each its own. #}
ranked as (

    select
        inputs.month_start,
        inputs.snapshot_date,
        inputs.recency_days,
        inputs.frequency_days,
        inputs.monetary_amount,
        ceil(
            5 * cume_dist() over (partition by inputs.month_start order by inputs.recency_days desc)
        ) as recency_score,
        ceil(
            5 * cume_dist() over (partition by inputs.month_start order by inputs.frequency_days)
        ) as frequency_score,
        ceil(
            5 * cume_dist() over (partition by inputs.month_start order by inputs.monetary_amount)
        ) as monetary_score
    from inputs
    inner join baseline
        on inputs.month_start = baseline.month_start
        or {{ var('rfm_method') }} = 'cume_dist'

),

cut_points as (

    select
        month_start,
        max(snapshot_date) as cut_points_date,
        {% for score in [1, 2, 3, 4] -%}
        min(case when recency_score <= {{ score }} then recency_days end) as recency_cut_{{ score }},
        max(case when frequency_score <= {{ score }} then frequency_days end) as frequency_cut_{{ score }},
        max(case when monetary_score <= {{ score }} then monetary_amount end) as monetary_cut_{{ score }}
        {%- if not loop.last %},
        {% endif %}
        {%- endfor %}
    from ranked
    group by month_start

),

months as (

    select distinct month_start
    from inputs

),

final as (

    select
        months.month_start,
        cut_points.cut_points_date,
        case
            when {{ var('rfm_method') }} = 'fixed' and baseline.has_whole_window = 0 then 1
            else 0
        end as is_provisional,
        {% for score in [1, 2, 3, 4] -%}
        cut_points.recency_cut_{{ score }},
        cut_points.frequency_cut_{{ score }},
        cut_points.monetary_cut_{{ score }}{% if not loop.last %},
        {% endif %}
        {%- endfor %}
    from months
    cross join baseline
    inner join cut_points
        on cut_points.month_start = case
            when {{ var('rfm_method') }} = 'cume_dist' then months.month_start
            else baseline.month_start
        end

)

select * from final
