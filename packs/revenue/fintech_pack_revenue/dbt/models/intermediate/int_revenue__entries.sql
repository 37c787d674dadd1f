{{ config(materialized='table') }}

{#- Posted transactions that earn or cost the bank something, of the days to build, with what they go back to. -#}
with

days_to_build as (

    select event_date_local
    from {{ ref('int_revenue__days_to_build') }}

),

transactions as (

    select * from {{ ref('stg_revenue__transactions') }}
    where
        is_posted = 1
        and event_date_local in (select days_to_build.event_date_local from days_to_build)

),

originals as (

    select
        transaction_id,
        root_transaction_id
    from {{ ref('int_revenue__originals') }}

),

roots as (

    select
        transaction_id as root_transaction_id,
        event_date_local as root_date,
        txn_type as root_txn_type,
        amount as root_amount,
        currency as root_currency,
        fee_code as root_fee_code,
        is_posted as is_root_posted
    from {{ ref('stg_revenue__transactions') }}
    where transaction_id in (select originals.root_transaction_id from originals)

),

links as (

    select
        originals.transaction_id,
        roots.*
    from originals
    inner join roots
        on originals.root_transaction_id = roots.root_transaction_id

),

accounts_history as (

    select
        account_id,
        valid_from,
        valid_to,
        product_type,
        product_code,
        legal_entity_id,
        debit_regulated_flag
    from {{ ref('core', 'accounts_history') }}

),

exchange_rates as (

    select
        from_currency,
        rate_date,
        rate
    from {{ ref('core', 'exchange_rates') }}

),

{# A reversal undoes a booking, so it is translated as the booking was; a refund is a transaction of its own day. #}
with_root as (

    select
        transactions.*,
        links.root_transaction_id,
        links.root_date,
        links.root_txn_type,
        links.root_amount,
        links.root_fee_code,
        links.is_root_posted,
        case
            when transactions.txn_type = 'reversal' and transactions.currency = links.root_currency then links.root_date
            else transactions.event_date_local
        end as exchange_date
    from transactions
    left join links
        on transactions.transaction_id = links.transaction_id

),

with_account as (

    select
        with_root.*,
        accounts_history.product_type,
        accounts_history.product_code,
        accounts_history.legal_entity_id,
        accounts_history.debit_regulated_flag,
        cast(
            case
                when with_root.currency = {{ core.base_currency() }} then 1
                else exchange_rates.rate
            end
            as decimal(20, 12)
        ) as exchange_rate
    from with_root
    left join accounts_history
        on with_root.account_id = accounts_history.account_id
        and with_root.event_ts >= accounts_history.valid_from
        and (with_root.event_ts < accounts_history.valid_to or accounts_history.valid_to is null)
    left join exchange_rates
        on with_root.currency = exchange_rates.from_currency
        and with_root.exchange_date = exchange_rates.rate_date

),

final as (

    select
        with_account.*,
        case
            when exchange_date = event_date_local then amount_base
            else cast(amount * exchange_rate as decimal(18, 2))
        end as booked_amount_base,
        cast(case when exchange_rate is null then 1 else 0 end as smallint) as fx_missing_flag
    from with_account

)

select * from final
