{# The population stability index of each segmentation and feature: the sum of (p - q) ln(p / q), q at the baseline. #}
{{ config(materialized='table') }}

with

distributions as (

    select
        kind,
        measured,
        month_start,
        category,
        customer_count
    from {{ ref('int_segmentation__distributions') }}

),

baseline as (

    select month_start
    from {{ ref('int_segmentation__baseline') }}

),

totals as (

    select
        kind,
        measured,
        month_start,
        sum(customer_count) as customer_count
    from distributions
    group by kind, measured, month_start

),

{# Also the categories that are empty now, or were at the baseline. #}
categories as (

    select distinct
        kind,
        measured,
        category
    from distributions

),

counted as (

    select
        totals.kind,
        totals.measured,
        totals.month_start,
        categories.category,
        totals.customer_count as whole_count,
        coalesce(distributions.customer_count, 0) as customer_count
    from totals
    inner join categories
        on totals.kind = categories.kind
        and totals.measured = categories.measured
    left join distributions
        on totals.kind = distributions.kind
        and totals.measured = distributions.measured
        and totals.month_start = distributions.month_start
        and categories.category = distributions.category

),

at_baseline as (

    select
        counted.kind,
        counted.measured,
        counted.category,
        counted.whole_count,
        counted.customer_count
    from counted
    inner join baseline
        on counted.month_start = baseline.month_start

),

shares as (

    select
        counted.kind,
        counted.measured,
        counted.month_start,
        counted.whole_count,
        at_baseline.whole_count as baseline_count,
        {{ segmentation__floored_share('counted.customer_count', 'counted.whole_count') }} as share,
        {{ segmentation__floored_share('at_baseline.customer_count', 'at_baseline.whole_count') }} as expected_share
    from counted
    left join at_baseline
        on counted.kind = at_baseline.kind
        and counted.measured = at_baseline.measured
        and counted.category = at_baseline.category

),

final as (

    select
        kind,
        measured,
        month_start,
        max(whole_count) as customer_count,
        {{ core.ratio(
            'case when max(baseline_count) > 0 then sum((share - expected_share) * ln(share / expected_share)) end', 1, 6
        ) }} as stability_index
    from shares
    group by kind, measured, month_start

)

select * from final
