{{ config(materialized='table') }}

{#- Per day of card transactions: whether the bank is capped on it, and which rates are in force. -#}
with

days as (

    select distinct event_date_local
    from {{ ref('stg_revenue__transactions') }}

),

rates as (

    select
        effective_from,
        effective_to
    from {{ ref('revenue__rate_card') }}

),

{# Between two of these days no rate begins or ends, so that one day of a period stands for all of it. #}
period_starts as (

    select cast('1900-01-01' as date) as period_from
    union
    select effective_from as period_from
    from rates
    union
    select {{ core.add_days('effective_to', 1) }} as period_from
    from rates
    where effective_to is not null

),

periods as (

    select
        period_from,
        lead(period_from) over (order by period_from) as next_period_from
    from period_starts

),

final as (

    select
        days.event_date_local,
        periods.period_from,
        {{ core.parameter('issuer_covered', 'days.event_date_local', 'smallint') }} as is_issuer_covered,
        {{ core.parameter('fraud_prevention_certified', 'days.event_date_local', 'smallint') }} as is_certified
    from days
    inner join periods
        on days.event_date_local >= periods.period_from
        and (days.event_date_local < periods.next_period_from or periods.next_period_from is null)

)

select * from final
