{{ config(materialized='ephemeral') }}

{#- Payments and declined attempts with what alerts and labels say of them. -#}
with

payments as (

    select
        transaction_id,
        account_id,
        customer_id,
        event_date_local,
        channel,
        product_type,
        txn_type,
        amount_base,
        1 as is_payment,
        source_batch_id
    from {{ ref('fraud__transaction_features') }}

),

attempts as (

    select
        transaction_id,
        account_id,
        customer_id,
        event_date_local,
        channel,
        txn_type,
        amount_base,
        source_batch_id
    from {{ ref('stg_fraud__payments') }}
    where is_payment = 0

),

accounts as (

    select
        account_id,
        product_type
    from {{ ref('core', 'accounts') }}

),

alerts as (

    select * from {{ ref('int_fraud__alerts') }}

),

labels as (

    select
        transaction_id,
        label,
        loss_amount_base,
        recovered_amount_base,
        liability_shifted_amount_base,
        source_batch_id
    from {{ ref('int_fraud__latest_labels') }}

),

payments_and_attempts as (

    select * from payments
    union all
    select
        attempts.transaction_id,
        attempts.account_id,
        attempts.customer_id,
        attempts.event_date_local,
        attempts.channel,
        accounts.product_type,
        attempts.txn_type,
        attempts.amount_base,
        0 as is_payment,
        attempts.source_batch_id
    from attempts
    left join accounts
        on attempts.account_id = accounts.account_id

),

outcomes as (

    select
        payments_and_attempts.event_date_local,
        coalesce(payments_and_attempts.channel, 'unknown') as channel,
        coalesce(payments_and_attempts.product_type, 'unknown') as product_type,
        coalesce(payments_and_attempts.txn_type, 'unknown') as txn_type,
        payments_and_attempts.account_id,
        payments_and_attempts.customer_id,
        payments_and_attempts.is_payment,
        coalesce(payments_and_attempts.amount_base, 0) as counted_amount,
        coalesce(alerts.active_hit_count, 0) as active_hit_count,
        coalesce(alerts.shadow_hit_count, 0) as shadow_hit_count,
        case when alerts.active_hit_count > 0 then 1 else 0 end as is_alerted,
        coalesce(alerts.is_within_capacity, 0) as is_within_capacity,
        case when labels.label = 'fraud_confirmed' then 1 else 0 end as is_fraud,
        case when labels.label in ('fraud_confirmed', 'fraud_suspected') then 1 else 0 end as is_suspected,
        case when labels.label = 'legit_confirmed' then 1 else 0 end as is_cleared,
        coalesce(labels.loss_amount_base, 0) as lost_amount,
        coalesce(labels.recovered_amount_base, 0) as recovered_amount,
        coalesce(labels.liability_shifted_amount_base, 0) as liability_shifted_amount,
        coalesce(labels.loss_amount_base, payments_and_attempts.amount_base, 0) as gross_loss_amount,
        greatest(payments_and_attempts.source_batch_id, coalesce(labels.source_batch_id, 0)) as source_batch_id
    from payments_and_attempts
    left join alerts
        on payments_and_attempts.transaction_id = alerts.transaction_id
    left join labels
        on payments_and_attempts.transaction_id = labels.transaction_id

)

select * from outcomes
