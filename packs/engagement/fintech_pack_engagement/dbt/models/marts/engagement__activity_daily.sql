{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='activity_date',
    meta={
        'event_table': ['transactions', 'login_activity', 'digital_events'],
        'reach_back_days': 30,
        'time_column': 'activity_date'
    }
) }}

{#- A reversal takes away the activity of a day up to 30 days before: so far back a change is felt. -#}
with

touched_days as (

    {{ core.touched_days(['transactions', 'login_activity', 'digital_events']) }}

),

transactions as (

    select
        customer_id,
        event_date_local as activity_date,
        channel,
        is_customer_act as financial_count,
        0 as digital_count,
        0 as login_count,
        0 as login_attempt_count,
        is_passive as passive_count,
        case when direction = 'D' then is_customer_act else 0 end as debit_count,
        case when direction = 'D' and is_customer_act = 1 then amount_base end as spend_amount_base,
        case when is_inflow = 1 then amount_base end as inflow_amount_base,
        source_batch_id
    from {{ ref('stg_engagement__transactions') }}
    where
        is_customer_act + is_passive + is_inflow > 0
        {% if is_incremental() -%}
        and event_date_local in (select touched_days.event_date_local from touched_days)
        {%- endif %}

),

digital_activity as (

    select
        customer_id,
        event_date_local as activity_date,
        channel,
        0 as financial_count,
        is_login + is_event as digital_count,
        is_login as login_count,
        is_attempt as login_attempt_count,
        is_automated_login as passive_count,
        0 as debit_count,
        cast(null as decimal(18, 2)) as spend_amount_base,
        cast(null as decimal(18, 2)) as inflow_amount_base,
        source_batch_id
    from {{ ref('stg_engagement__digital_activity') }}
    where
        is_attempt + is_automated_login + is_event > 0
        {% if is_incremental() -%}
        and event_date_local in (select touched_days.event_date_local from touched_days)
        {%- endif %}

),

combined as (

    select * from transactions
    union all
    select * from digital_activity

),

{# Counts take half the memory of sums, in what is the widest aggregate of the pack. #}
by_channel as (

    select
        customer_id,
        activity_date,
        channel,
        cast(count(case when financial_count > 0 then 1 end) as integer) as financial_count,
        cast(count(case when digital_count > 0 then 1 end) as integer) as digital_count,
        cast(count(case when login_count > 0 then 1 end) as integer) as login_count,
        cast(count(case when login_attempt_count > 0 then 1 end) as integer) as login_attempt_count,
        cast(count(case when passive_count > 0 then 1 end) as integer) as passive_count,
        cast(count(case when debit_count > 0 then 1 end) as integer) as debit_count,
        cast(coalesce(sum(spend_amount_base), 0) as decimal(18, 2)) as spend_amount_base,
        cast(coalesce(sum(inflow_amount_base), 0) as decimal(18, 2)) as inflow_amount_base,
        max(source_batch_id) as source_batch_id
    from combined
    group by
        customer_id,
        activity_date,
        channel

),

final as (

    select
        customer_id,
        activity_date,
        cast(channel as varchar(12)) as channel,
        financial_count,
        {{ engagement__when_digital('digital_count') }} as digital_count,
        {{ engagement__when_mapped('login_activity', none, 'login_count') }} as login_count,
        {{ engagement__when_mapped('login_activity', none, 'login_attempt_count') }} as login_attempt_count,
        passive_count,
        debit_count,
        spend_amount_base,
        inflow_amount_base,
        cast(
            case when financial_count + digital_count + passive_count * {{ var('count_passive') }} > 0 then 1 else 0 end
            as smallint
        ) as is_active,
        cast(case when passive_count > 0 then 1 else 0 end as smallint) as is_passive,
        {{ engagement__activity_flags() }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(source_batch_id as integer) as source_batch_id
    from by_channel

)

select * from final
