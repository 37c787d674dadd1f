{{ config(materialized='view') }}

with

transactions as (

    select
        transaction_id,
        account_id,
        customer_id,
        event_ts,
        event_date_local,
        event_hour_local,
        channel,
        txn_type,
        status,
        original_transaction_id,
        amount_base,
        merchant_id,
        mcc,
        merchant_country,
        card_token,
        card_present_flag,
        counterparty_account_hash,
        counterparty_country,
        device_id,
        source_batch_id
    from {{ ref('core', 'transactions') }}
    where
        direction = 'D'
        and customer_initiated_flag = 1
        and is_excluded = 0
        and status in ('authorized', 'posted', 'reversed', 'expired', 'declined')

),

{% if core.has('transactions', 'original_transaction_id') %}
postings as (

    select
        transaction_id,
        account_id,
        txn_type,
        original_transaction_id
    from {{ ref('core', 'transactions') }}
    where
        direction = 'D'
        and status = 'posted'
        and original_transaction_id is not null

),

authorisations as (

    select
        transaction_id,
        account_id,
        txn_type
    from {{ ref('core', 'transactions') }}
    where
        direction = 'D'
        and status in ('authorized', 'posted', 'reversed', 'expired')

),

{# An authorisation and its posting are one payment: it counts once, when it was authorised. #}
postings_of_authorisations as (

    select distinct postings.transaction_id
    from postings
    inner join authorisations
        on postings.original_transaction_id = authorisations.transaction_id
        and postings.account_id = authorisations.account_id
        and postings.txn_type = authorisations.txn_type

),

{% endif %}
{# A reversed payment was tried, too: it stays in the windows, in which card testing shows. #}
payments as (

    select
        transactions.*,
        case when transactions.status = 'declined' then 0 else 1 end as is_payment
    from transactions
    {% if core.has('transactions', 'original_transaction_id') -%}
    left join postings_of_authorisations
        on transactions.transaction_id = postings_of_authorisations.transaction_id
    where postings_of_authorisations.transaction_id is null
    {%- endif %}

)

select * from payments
