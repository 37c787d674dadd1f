{{ config(materialized='ephemeral') }}

{#-
    Posted transactions of the days to build that earn or cost the bank something, with what they go back to; and
    (is_entry = 0) what these go back to of other days.
-#}
with

days_to_build as (

    select event_date_local
    from {{ ref('int_revenue__days_to_build') }}

),

originals as (

    select * from {{ ref('int_revenue__originals') }}

),

transactions as (

    select
        stg_revenue__transactions.*,
        1 as is_entry
    from {{ ref('stg_revenue__transactions') }}
    where
        is_posted = 1
        and event_date_local in (select days_to_build.event_date_local from days_to_build)
    union all
    select
        stg_revenue__transactions.*,
        0 as is_entry
    from {{ ref('stg_revenue__transactions') }}
    where
        transaction_id in (select originals.root_transaction_id from originals)
        and (
            is_posted = 0
            or event_date_local not in (select days_to_build.event_date_local from days_to_build)
        )

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
        rate,
        fx_rate_id
    from {{ ref('core', 'exchange_rates') }}

),

{# A reversal undoes a booking, so it is translated as the booking was; a refund is a transaction of its own day. #}
with_root as (

    select
        transactions.*,
        originals.root_transaction_id,
        originals.root_date,
        originals.root_txn_type,
        originals.root_fee_code,
        originals.is_root_posted,
        case
            when transactions.txn_type = 'reversal' and transactions.currency = originals.root_currency
                then originals.root_date
            else transactions.event_date_local
        end as exchange_date
    from transactions
    left join originals
        on transactions.transaction_id = originals.transaction_id

),

final as (

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
        ) as exchange_rate,
        exchange_rates.fx_rate_id
    from with_root
    left join accounts_history
        on with_root.account_id = accounts_history.account_id
        and with_root.event_ts >= accounts_history.valid_from
        and (with_root.event_ts < accounts_history.valid_to or accounts_history.valid_to is null)
    left join exchange_rates
        on with_root.currency = exchange_rates.from_currency
        and with_root.exchange_date = exchange_rates.rate_date

)

select * from final
