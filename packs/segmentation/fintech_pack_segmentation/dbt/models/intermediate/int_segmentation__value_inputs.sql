{# Of each customer who came back: the chance to be alive, the spend of a week to expect, and what is to come. #}
{{ config(materialized='table') }}

with

active_weeks as (

    select
        customer_id,
        repeat_weeks,
        last_active_week,
        observed_weeks,
        mean_spend
    from {{ ref('int_segmentation__active_weeks') }}
    where repeat_weeks > 0

),

model as (

    select * from {{ ref('segmentation__lifetime_value_default') }}

),

expected_weeks as (

    select
        model_version,
        repeat_weeks,
        observed_weeks,
        month_number,
        expected_weeks
    from {{ ref('int_segmentation__expected_weeks') }}

),

by_month as (

    select
        expected_weeks.*,
        expected_weeks - coalesce(lag(expected_weeks) over (
            partition by model_version, repeat_weeks, observed_weeks
            order by month_number
        ), 0) as weeks_of_month
    from expected_weeks

),

discounted as (

    select
        model_version,
        repeat_weeks,
        observed_weeks,
        max(expected_weeks) as expected_weeks,
        {{ core.ratio(
            'sum(weeks_of_month / power(cast(1 + ' ~ var('lifetime_discount') ~ ' as double precision), '
            ~ 'cast(month_number as double precision) / 12))', 1, 9
        ) }} as discounted_weeks
    from by_month
    group by model_version, repeat_weeks, observed_weeks

),

valued as (

    select
        active_weeks.customer_id,
        model.model_version,
        discounted.expected_weeks,
        discounted.discounted_weeks,
        1 / (
            1 + model.a / (model.b + active_weeks.repeat_weeks - 1) * power(
                (model.alpha + active_weeks.observed_weeks) / (model.alpha + active_weeks.last_active_week),
                model.r + active_weeks.repeat_weeks
            )
        ) as alive,
        case
            when active_weeks.mean_spend > 0
                then {{ segmentation__week_spend() }}
        end as week_spend
    from active_weeks
    cross join model
    inner join discounted
        on model.model_version = discounted.model_version
        and active_weeks.repeat_weeks = discounted.repeat_weeks
        and active_weeks.observed_weeks = discounted.observed_weeks

),

final as (

    select
        customer_id,
        model_version,
        {{ core.ratio('alive', 1, 9) }} as alive_probability,
        {{ core.ratio('alive * expected_weeks', 1, 6) }} as expected_active_weeks,
        {{ core.ratio('week_spend', 1, 2) }} as expected_week_spend,
        {{ core.ratio('alive * discounted_weeks * week_spend', 1, 2) }} as expected_spend
    from valued

)

select * from final
