{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    on_schema_change='fail',
    meta={'event_table': 'transactions', 'reach_back_days': 30}
) }}

{#-
    The days on which a customer paid somebody a bill could come from. A reversal touches the thirty days before it.
    One row per customer, payee and day.
-#}
with

touched_days as (

    {{ core.touched_days('transactions') }}

),

payment_days as (

    select
        customer_id,
        counterparty_account_hash,
        event_date_local
    from {{ ref('stg_engagement__transactions') }}
    where
        direction = 'D'
        and counterparty_account_hash is not null
        and coalesce(txn_type, 'transfer_out') in (
            'bill_payment', 'ach_debit', 'transfer_out', 'wire_out', 'p2p_out', 'loan_payment', 'check'
        )
        {% if is_incremental() -%}
        and event_date_local in (select touched_days.event_date_local from touched_days)
        {%- endif %}
    group by customer_id, counterparty_account_hash, event_date_local

)

select * from payment_days
