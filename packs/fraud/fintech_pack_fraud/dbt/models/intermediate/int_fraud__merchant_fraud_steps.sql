{{ config(materialized='ephemeral') }}

{#-
    When a merchant's number of known frauds in a delayed window of W days rises and falls. A fraud paid at p counts
    from p + delay on, or from when it was known if that is later, until p + delay + W, or until it was cleared.
-#}
with

labels as (

    select
        transaction_id,
        min(case when label = 'fraud_confirmed' then label_known_at end) as fraud_known_at,
        max(case when label = 'legit_confirmed' then label_known_at end) as cleared_at
    from {{ ref('core', 'fraud_labels') }}
    where label_known_at is not null
    group by transaction_id

),

payments as (

    select
        transaction_id,
        merchant_id,
        event_ts
    from {{ ref('int_fraud__payments') }}
    where
        merchant_id is not null
        and is_payment = 1

),

frauds as (

    select
        payments.merchant_id,
        payments.event_ts,
        case when labels.cleared_at > labels.fraud_known_at then labels.cleared_at end as cleared_at,
        greatest(
            {{ dbt.dateadd('day', var('label_delay_days'), 'payments.event_ts') }}, labels.fraud_known_at
        ) as counted_from
    from payments
    inner join labels
        on payments.transaction_id = labels.transaction_id
    where labels.fraud_known_at is not null

),

counted as (

    {% for days in [1, 7, 30] -%}
    select
        {{ days }} as window_days,
        merchant_id,
        counted_from,
        least(
            {{ dbt.dateadd('day', (var('label_delay_days') | int) + days, 'event_ts') }},
            coalesce(cleared_at, {{ dbt.dateadd('day', (var('label_delay_days') | int) + days, 'event_ts') }})
        ) as counted_until
    from frauds
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

steps as (

    select
        merchant_id,
        window_days,
        counted_from as stepped_at,
        1 as step
    from counted
    where counted_from < counted_until
    union all
    select
        merchant_id,
        window_days,
        counted_until as stepped_at,
        -1 as step
    from counted
    where counted_from < counted_until

),

final as (

    select
        merchant_id,
        stepped_at,
        cast({{ fraud__packed_frauds(
            'sum(case when window_days = 1 then step else 0 end)',
            'sum(case when window_days = 7 then step else 0 end)',
            'sum(case when window_days = 30 then step else 0 end)'
        ) }} as bigint) as fraud_step
    from steps
    group by
        merchant_id,
        stepped_at

)

select * from final
