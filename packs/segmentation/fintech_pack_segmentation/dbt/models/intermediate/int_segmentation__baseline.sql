{# The month that all others are held against: the first whose longest window lies within the data, as for RFM's cut
   points. Until there is one, the newest month stands for it. #}
with

snapshots as (

    select
        month_start,
        snapshot_date,
        case
            when {{ segmentation__days_to('first_observed_date', 'snapshot_date') }} + 1 >= {{ var('rfm_days') }} then 1
            else 0
        end as is_whole_window
    from {{ ref('int_segmentation__snapshots') }}

),

chosen as (

    select
        coalesce(min(case when is_whole_window = 1 then month_start end), max(month_start)) as month_start,
        max(is_whole_window) as has_whole_window
    from snapshots

),

baseline as (

    select
        snapshots.month_start,
        snapshots.snapshot_date,
        1 - chosen.has_whole_window as is_provisional
    from snapshots
    inner join chosen
        on snapshots.month_start = chosen.month_start

)

select * from baseline
