{{ config(materialized='table') }}

{#-
    Card transactions of the days to build (is_entry = 1), and the purchases that they go back to. One key holds all
    that decides about the rate; what goes back to a purchase has its rate, and no key of its own.
-#}
with

entries as (

    select
        transaction_id,
        txn_type,
        direction,
        account_id,
        customer_id,
        event_ts,
        event_date_local,
        posting_date,
        is_entry,
        root_transaction_id,
        is_root_posted,
        mcc,
        merchant_country,
        card_token,
        network,
        card_product,
        funding_type,
        card_present_flag,
        product_type,
        product_code,
        legal_entity_id,
        debit_regulated_flag,
        amount,
        currency,
        cast(interchange_amount as decimal(18, 4)) as actual_interchange,
        cast(scheme_fee_amount as decimal(18, 4)) as scheme_fee_amount,
        exchange_rate,
        fx_rate_id,
        source_batch_id
    from {{ ref('int_revenue__entries') }}
    where
        amount > 0
        and (root_txn_type is null or root_txn_type = 'purchase')
        and (
            txn_type in ('purchase', 'refund', 'chargeback', 'representment')
            or (txn_type = 'reversal' and (root_txn_type = 'purchase' or card_token is not null))
        )

),

cards as (

    select
        card_token,
        network,
        card_product,
        funding_type,
        regulated_flag
    from {{ ref('core', 'cards') }}

),

rate_days as (

    select
        event_date_local,
        period_from,
        is_issuer_covered,
        is_certified
    from {{ ref('int_revenue__rate_days') }}

),

ticket_bands as (

    select * from {{ ref('int_revenue__ticket_bands') }}

),

with_card as (

    select
        {{ revenue__entry_columns() }},
        lower(coalesce(entries.network, cards.network)) as network,
        coalesce(entries.card_product, cards.card_product) as card_product,
        {{ revenue__funding_type('entries', 'cards') }} as funding_type,
        coalesce(cards.regulated_flag, entries.debit_regulated_flag) as regulated_flag
    from entries
    left join cards
        on entries.card_token = cards.card_token

),

with_terms as (

    select
        with_card.*,
        rate_days.period_from,
        rate_days.is_certified,
        ticket_bands.ticket_floor,
        cast(
            case
                when with_card.funding_type = 'debit'
                    then coalesce(with_card.regulated_flag, rate_days.is_issuer_covered)
                else 0
            end
            as smallint
        ) as is_regulated
    from with_card
    inner join rate_days
        on with_card.event_date_local = rate_days.event_date_local
    inner join ticket_bands
        on with_card.amount >= ticket_bands.ticket_floor
        and (with_card.amount < ticket_bands.next_ticket_floor or ticket_bands.next_ticket_floor is null)

),

final as (

    select
        with_terms.*,
        case when root_transaction_id is null then {{ revenue__terms_key() }} end as terms_key
    from with_terms

)

select * from final
