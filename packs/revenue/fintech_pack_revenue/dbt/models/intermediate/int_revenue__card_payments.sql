{{ config(materialized='table') }}

{#-
    Payments that need a rate: those of the days to build, and older ones that refunds and the like of these days go
    back to. What decides about the rate stands in one key.
-#}
{%- set columns -%}
transaction_id,
        account_id,
        event_ts,
        event_date_local,
        txn_type,
        amount,
        mcc,
        merchant_country,
        card_token,
        lower(network) as network,
        card_product,
        funding_type,
        card_present_flag,
        interchange_amount
{%- endset %}

with

entries as (

    select
        {{ columns }},
        root_transaction_id,
        root_txn_type
    from {{ ref('int_revenue__entries') }}
    where amount > 0

),

own_rated as (

    select
        {{ columns }}
    from entries
    where
        txn_type = 'purchase'
        or (root_transaction_id is null and txn_type in ('refund', 'chargeback', 'representment'))
        or (root_transaction_id is null and txn_type = 'reversal' and card_token is not null)

),

roots as (

    select
        {{ columns }}
    from {{ ref('stg_revenue__transactions') }}
    where
        amount > 0
        and transaction_id in (select entries.root_transaction_id from entries where entries.root_txn_type = 'purchase')
        and transaction_id not in (select own_rated.transaction_id from own_rated)

),

payments as (

    select * from own_rated
    union all
    select * from roots

),

cards as (

    select
        card_token,
        lower(network) as network,
        card_product,
        funding_type,
        regulated_flag
    from {{ ref('core', 'cards') }}

),

accounts_history as (

    select
        account_id,
        valid_from,
        valid_to,
        product_type,
        debit_regulated_flag
    from {{ ref('core', 'accounts_history') }}

),

rate_days as (

    select
        event_date_local,
        period_from,
        is_issuer_covered,
        is_certified
    from {{ ref('int_revenue__rate_days') }}

),

ticket_starts as (

    select 0 as ticket_floor
    union
    select ticket_min as ticket_floor
    from {{ ref('revenue__rate_card') }}
    where ticket_min is not null
    union
    select ticket_max + 0.01 as ticket_floor
    from {{ ref('revenue__rate_card') }}
    where ticket_max is not null

),

{# Within a band of amounts no rate's smallest or largest ticket decides. #}
ticket_bands as (

    select
        cast(ticket_floor as decimal(18, 2)) as ticket_floor,
        cast(lead(ticket_floor) over (order by ticket_floor) as decimal(18, 2)) as next_ticket_floor
    from ticket_starts

),

with_card as (

    select
        payments.transaction_id,
        payments.event_date_local,
        payments.txn_type,
        payments.amount,
        payments.interchange_amount,
        payments.mcc,
        payments.merchant_country,
        payments.card_present_flag,
        coalesce(payments.network, cards.network) as network,
        coalesce(payments.card_product, cards.card_product) as card_product,
        coalesce(
            payments.funding_type,
            cards.funding_type,
            case
                when accounts_history.product_type = 'credit_card' then 'credit'
                when accounts_history.product_type = 'prepaid' then 'prepaid'
                when accounts_history.product_type in ('checking', 'savings') then 'debit'
            end
        ) as funding_type,
        coalesce(cards.regulated_flag, accounts_history.debit_regulated_flag) as regulated_flag
    from payments
    left join cards
        on payments.card_token = cards.card_token
    left join accounts_history
        on payments.account_id = accounts_history.account_id
        and payments.event_ts >= accounts_history.valid_from
        and (payments.event_ts < accounts_history.valid_to or accounts_history.valid_to is null)

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
        {% for part in [
            'network', 'card_product', 'funding_type', 'card_present_flag', 'mcc', 'merchant_country', 'is_regulated',
            'ticket_floor', 'period_from'
        ] -%}
        coalesce(cast({{ part }} as varchar(40)), '') || '|'
        {%- if not loop.last %}
        || {% endif %}
        {%- endfor %} as terms_key
    from with_terms

)

select * from final
