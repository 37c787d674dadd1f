{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    on_schema_change='fail',
    meta={'event_table': 'transactions', 'reach_back_days': 30}
) }}

{#-
    What leaves by transfer on a day; what moves to another account of the customer's here does not leave. A reversal
    touches the thirty days before it. One row per customer and day.
-#}
with

touched_days as (

    {{ core.touched_days('transactions') }}

),

transfers as (

    select
        customer_id,
        account_id,
        event_date_local,
        direction,
        amount_base
    from {{ ref('stg_engagement__transactions') }}
    where
        (
            (direction = 'D' and txn_type in ('transfer_out', 'wire_out', 'p2p_out'))
            or (direction = 'C' and txn_type in ('transfer_in', 'wire_in', 'p2p_in'))
        )
        {% if is_incremental() -%}
        and event_date_local in (select touched_days.event_date_local from touched_days)
        {%- endif %}

),

received as (

    select distinct
        customer_id,
        account_id,
        event_date_local,
        amount_base,
        1 as is_received
    from transfers
    where direction = 'C'

),

leaving as (

    select
        transfers.customer_id,
        transfers.event_date_local,
        cast(sum(transfers.amount_base) as decimal(18, 2)) as amount_base
    from transfers
    left join received
        on transfers.customer_id = received.customer_id
        and transfers.event_date_local = received.event_date_local
        and transfers.amount_base = received.amount_base
        and transfers.account_id <> received.account_id
    where
        transfers.direction = 'D'
        and coalesce(received.is_received, 0) = 0
    group by transfers.customer_id, transfers.event_date_local

)

select * from leaving
