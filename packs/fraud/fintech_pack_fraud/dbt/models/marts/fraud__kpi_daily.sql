{{ config(materialized='table', meta={'time_column': 'event_date_local'}) }}

{#- What labels tell is unknown, not zero, where the bank brings none. -#}
{% set labelled = core.has('fraud_labels') -%}
with

outcomes as (

    select *
    from {{ ref('int_fraud__payment_outcomes') }}

),

last_day as (

    select {{ core.add_days('max(event_date_local)', -1 * (var('label_maturity_days') | int)) }} as last_mature_date
    from outcomes

),

totals as (

    select
        event_date_local,
        channel,
        product_type,
        txn_type,
        {{ fraud__total('is_payment', 'integer') }} as transaction_count,
        {{ fraud__total('is_payment * counted_amount', 'decimal(18, 2)') }} as transaction_amount,
        {{ fraud__total('1 - is_payment', 'integer') }} as declined_count,
        {{ fraud__total('(1 - is_payment) * counted_amount', 'decimal(18, 2)') }} as declined_amount,
        {{ fraud__total('is_alerted', 'integer') }} as alerted_count,
        {{ fraud__total('is_alerted * counted_amount', 'decimal(18, 2)') }} as alerted_amount,
        {{ fraud__total('active_hit_count', 'integer') }} as active_hit_count,
        {{ fraud__total('shadow_hit_count', 'integer') }} as shadow_hit_count,
        {{ fraud__total('is_payment * is_fraud', 'integer', labelled) }} as fraud_count,
        {{ fraud__total('is_payment * is_fraud * counted_amount', 'decimal(18, 2)', labelled) }} as fraud_amount,
        {{ fraud__total('is_alerted * is_fraud', 'integer', labelled) }} as alerted_fraud_count,
        {{ fraud__total('is_alerted * is_fraud * counted_amount', 'decimal(18, 2)', labelled) }}
            as alerted_fraud_amount,
        {{ fraud__total('is_alerted * is_cleared', 'integer', labelled) }} as alerted_cleared_count,
        {{ fraud__total('is_payment * is_fraud * lost_amount', 'decimal(18, 2)', labelled) }} as lost_amount,
        {{ fraud__total('is_payment * is_fraud * recovered_amount', 'decimal(18, 2)', labelled) }}
            as recovered_amount,
        {{ fraud__total(
            'is_payment * is_fraud * liability_shifted_amount', 'decimal(18, 2)',
            core.has('fraud_labels', 'liability_shifted_amount_base')
        ) }} as liability_shifted_amount,
        {{ fraud__total(
            'is_payment * is_fraud * (gross_loss_amount - recovered_amount - liability_shifted_amount)',
            'decimal(18, 2)', fraud__knows_net_loss()
        ) }} as net_loss_amount,
        {{ fraud__total('(1 - is_payment) * (1 - is_cleared) * counted_amount', 'decimal(18, 2)', labelled) }}
            as prevented_amount,
        {{ fraud__total('is_within_capacity', 'integer') }} as capacity_alert_count,
        {{ fraud__total('is_within_capacity * is_fraud', 'integer', labelled) }} as capacity_fraud_count,
        {{ fraud__different('account_id', 'is_payment * is_fraud = 1', labelled) }} as fraud_account_count,
        {{ fraud__different('account_id', 'is_alerted * is_fraud = 1', labelled) }} as alerted_fraud_account_count,
        {{ fraud__different('customer_id', 'is_payment = 1') }} as active_customer_count,
        {{ fraud__different('customer_id', 'is_payment = 0 and is_suspected = 0', labelled) }}
            as insulted_customer_count,
        max(source_batch_id) as source_batch_id
    from outcomes
    group by
        event_date_local,
        channel,
        product_type,
        txn_type

),

final as (

    select
        totals.event_date_local,
        cast(totals.channel as varchar(12)) as channel,
        cast(totals.product_type as varchar(24)) as product_type,
        cast(totals.txn_type as varchar(24)) as txn_type,
        totals.transaction_count,
        totals.transaction_amount,
        totals.declined_count,
        totals.declined_amount,
        totals.alerted_count,
        totals.alerted_amount,
        totals.active_hit_count,
        totals.shadow_hit_count,
        totals.fraud_count,
        totals.fraud_amount,
        totals.alerted_fraud_count,
        totals.alerted_fraud_amount,
        totals.alerted_cleared_count,
        totals.lost_amount,
        totals.recovered_amount,
        totals.prevented_amount,
        totals.liability_shifted_amount,
        totals.net_loss_amount,
        totals.capacity_alert_count,
        totals.capacity_fraud_count,
        {{ fraud__ratio('totals.capacity_fraud_count', 'totals.capacity_alert_count') }} as precision_at_capacity,
        totals.fraud_account_count,
        totals.alerted_fraud_account_count,
        {{ fraud__ratio('totals.alerted_fraud_account_count', 'totals.fraud_account_count') }}
            as account_detection_rate,
        totals.active_customer_count,
        totals.insulted_customer_count,
        {{ fraud__ratio('totals.insulted_customer_count', 'totals.active_customer_count') }} as customer_insult_rate,
        {{ fraud__flag('totals.event_date_local <= last_day.last_mature_date', 'last_day.last_mature_date') }}
            as is_mature,
        {{ fraud__capability_flags() }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(totals.source_batch_id as integer) as source_batch_id
    from totals
    cross join last_day

)

select * from final
