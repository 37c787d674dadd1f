{# How many more weeks somebody who is alive will be active in, by the end of each month ahead, for each history that
   somebody has: BG/NBD, whose hypergeometric function is added up term by term. #}
{{ config(materialized='table') }}

with

histories as (

    select distinct
        repeat_weeks,
        observed_weeks
    from {{ ref('int_segmentation__active_weeks') }}
    where repeat_weeks > 0

),

model as (

    select * from {{ ref('segmentation__lifetime_value_default') }}

),

terms as (

    {{ core.numbers(segmentation__series_terms()) }}

),

months as (

    {{ core.numbers(var('lifetime_months') | int) }}

),

points as (

    select
        model.model_version,
        histories.repeat_weeks,
        histories.observed_weeks,
        months.number as month_number,
        model.r + histories.repeat_weeks as first_argument,
        model.b + histories.repeat_weeks as second_argument,
        model.a + model.b + histories.repeat_weeks - 1 as third_argument,
        model.a - 1 as divisor,
        model.alpha + histories.observed_weeks as alpha_weeks,
        model.alpha + histories.observed_weeks + {{ segmentation__weeks_of('months.number') }} as alpha_weeks_ahead
    from histories
    cross join model
    cross join months
    where months.number > 0

),

{# Each term is the one before it times a quotient: as logarithms, a running sum. Term 0 is 1. #}
quotients as (

    select
        points.*,
        terms.number as term_number,
        case
            when terms.number = 0 then 0
            else ln(
                (points.first_argument + terms.number - 1) * (points.second_argument + terms.number - 1)
                / ((points.third_argument + terms.number - 1) * terms.number)
                * (1 - points.alpha_weeks / points.alpha_weeks_ahead)
            )
        end as log_quotient
    from points
    cross join terms

),

log_terms as (

    select
        quotients.*,
        sum(log_quotient) over (
            partition by model_version, repeat_weeks, observed_weeks, month_number
            order by term_number
            rows between unbounded preceding and current row
        ) as log_term
    from quotients

),

series as (

    select
        model_version,
        repeat_weeks,
        observed_weeks,
        month_number,
        third_argument / divisor as factor,
        power(alpha_weeks / alpha_weeks_ahead, first_argument) as decay,
        sum(exp(log_term)) as series_sum
    from log_terms
    group by
        model_version, repeat_weeks, observed_weeks, month_number, third_argument, divisor, alpha_weeks,
        alpha_weeks_ahead, first_argument

),

expected_weeks as (

    select
        model_version,
        repeat_weeks,
        observed_weeks,
        month_number,
        {{ core.ratio('factor * (1 - decay * series_sum)', 1, 9) }} as expected_weeks
    from series

)

select * from expected_weeks
