{{ config(materialized='ephemeral') }}

{#- What is known of a transaction by now: its latest label. -#}
with

labels as (

    select
        transaction_id,
        label,
        loss_amount_base,
        recovered_amount_base,
        liability_shifted_amount_base,
        fraud_type,
        label_source,
        label_known_at,
        source_batch_id,
        row_number() over (
            partition by transaction_id
            order by label_known_at desc, label_id desc
        ) as recency
    from {{ ref('core', 'fraud_labels') }}

),

latest as (

    select
        transaction_id,
        label,
        loss_amount_base,
        recovered_amount_base,
        liability_shifted_amount_base,
        fraud_type,
        label_source,
        label_known_at,
        source_batch_id
    from labels
    where recency = 1

)

select * from latest
