{{ config(materialized='table', meta={'time_column': 'event_date_local'}) }}

{#- What labels tell is unknown, not zero, where the bank brings none. -#}
{% set labelled = core.has('fraud_labels') -%}
with

hits as (

    select
        transaction_id,
        rule_id,
        rule_version,
        status,
        event_date_local,
        coalesce(amount_base, 0) as counted_amount,
        source_batch_id
    from {{ ref('fraud__transaction_rule_hits') }}

),

alerts as (

    select
        transaction_id,
        active_hit_count
    from {{ ref('int_fraud__alerts') }}

),

labels as (

    select
        transaction_id,
        label,
        source_batch_id
    from {{ ref('int_fraud__latest_labels') }}

),

{# What no other active rule found is what a rule adds, or a rule in shadow would. #}
with_labels as (

    select
        hits.rule_id,
        hits.rule_version,
        hits.status,
        hits.event_date_local,
        hits.counted_amount,
        case
            when hits.status = 'active' and alerts.active_hit_count = 1 then 1
            when alerts.active_hit_count = 0 then 1
            else 0
        end as is_exclusive,
        case when labels.label = 'fraud_confirmed' then 1 else 0 end as is_fraud,
        case when labels.label = 'legit_confirmed' then 1 else 0 end as is_cleared,
        greatest(hits.source_batch_id, coalesce(labels.source_batch_id, 0)) as source_batch_id
    from hits
    inner join alerts
        on hits.transaction_id = alerts.transaction_id
    left join labels
        on hits.transaction_id = labels.transaction_id

),

totals as (

    select
        event_date_local,
        rule_id,
        rule_version,
        status,
        {{ fraud__total('1', 'integer') }} as hit_count,
        {{ fraud__total('is_exclusive', 'integer') }} as exclusive_hit_count,
        {{ fraud__total('counted_amount', 'decimal(18, 2)') }} as hit_amount,
        {{ fraud__total('is_fraud', 'integer', labelled) }} as fraud_hit_count,
        {{ fraud__total('is_fraud * is_exclusive', 'integer', labelled) }} as exclusive_fraud_hit_count,
        {{ fraud__total('is_cleared', 'integer', labelled) }} as cleared_hit_count,
        {{ fraud__total('is_fraud * counted_amount', 'decimal(18, 2)', labelled) }} as fraud_hit_amount,
        max(source_batch_id) as source_batch_id
    from with_labels
    group by
        event_date_local,
        rule_id,
        rule_version,
        status

),

final as (

    select
        event_date_local,
        rule_id,
        rule_version,
        status,
        hit_count,
        exclusive_hit_count,
        hit_amount,
        fraud_hit_count,
        exclusive_fraud_hit_count,
        cleared_hit_count,
        fraud_hit_amount,
        {{ fraud__ratio('fraud_hit_count', 'hit_count') }} as rule_precision,
        {{ fraud__ratio('fraud_hit_amount', 'hit_count') }} as fraud_amount_per_hit,
        {{ fraud__capability_flags() }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(source_batch_id as integer) as source_batch_id
    from totals

)

select * from final
