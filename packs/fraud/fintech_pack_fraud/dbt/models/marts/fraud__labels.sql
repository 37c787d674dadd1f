{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    meta={'event_table': ['transactions', 'fraud_labels'], 'reach_back_days': 181, 'time_column': 'event_ts'}
) }}

{#-
    A new day lets another one mature, so the days that may still be open are built again: 181 are one more than
    label_maturity_days can be. Without labels nothing is known, and there are no rows.
-#}
with

touched_days as (

    {{ core.touched_days(['transactions', 'fraud_labels']) }}

),

all_payments as (

    select
        transaction_id,
        account_id,
        customer_id,
        event_ts,
        event_date_local,
        amount_base,
        is_payment,
        source_batch_id
    from {{ ref('stg_fraud__payments') }}

),

last_day as (

    select max(event_date_local) as last_date
    from all_payments

),

labels as (

    select
        transaction_id,
        label,
        fraud_type,
        label_source,
        label_known_at,
        loss_amount_base,
        recovered_amount_base,
        liability_shifted_amount_base,
        source_batch_id
    from {{ ref('int_fraud__latest_labels') }}

),

payments as (

    select
        all_payments.*,
        {{ core.add_days('all_payments.event_date_local', var('label_maturity_days') | int) }} as matures_on,
        last_day.last_date
    from all_payments
    cross join last_day
    where
        all_payments.event_date_local in (select touched_days.event_date_local from touched_days)
        and {{ 1 if core.has('fraud_labels') else 0 }} = 1

),

final as (

    select
        payments.transaction_id,
        payments.account_id,
        payments.customer_id,
        payments.event_ts,
        payments.event_date_local,
        cast(payments.is_payment as smallint) as is_payment,
        payments.amount_base,
        cast(
            case
                when labels.label is not null then labels.label
                when payments.matures_on <= payments.last_date then 'legit_matured'
                else 'immature'
            end
            as varchar(20)
        ) as label_state,
        cast(case when payments.matures_on <= payments.last_date then 1 else 0 end as smallint) as is_mature,
        payments.matures_on,
        labels.label_known_at,
        cast(labels.label_source as varchar(20)) as label_source,
        cast(labels.fraud_type as varchar(24)) as fraud_type,
        labels.loss_amount_base,
        labels.recovered_amount_base,
        labels.liability_shifted_amount_base,
        {{ fraud__net_loss(
            'labels.label', 'labels.loss_amount_base', 'payments.amount_base', 'labels.recovered_amount_base',
            'labels.liability_shifted_amount_base'
        ) }} as net_loss_amount_base,
        {{ fraud__label_capability_flags() }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(greatest(payments.source_batch_id, coalesce(labels.source_batch_id, 0)) as integer) as source_batch_id
    from payments
    left join labels
        on payments.transaction_id = labels.transaction_id

)

select * from final
