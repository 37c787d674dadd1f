{{ config(materialized='ephemeral') }}

with

{% if core.has('transactions', 'card_token') %}
payments as (

    select
        {{ fraud__listed(fraud__window_columns('accounts')) }},
        {# Without a card a payment shares its account's key, so that no key gathers all the others. #}
        coalesce(card_token, 'without card, ' || account_id) as card_key,
        case when tried_amount <= {{ var('card_test_amount') }} then 1 else 0 end as is_small
    from {{ ref('int_fraud__account_windows') }}

),

with_windows as (

    {{ fraud__sliding_sums(
        relation='payments',
        key='card_key',
        timestamp='event_ts',
        windows={'1h': 3600, '24h': 86400},
        measures={
            'card_transaction_count': {'value': 'is_payment', 'type': 'integer', 'windows': ['1h', '24h']},
            'card_small_count': {'value': 'is_small', 'type': 'integer', 'windows': ['1h']},
        },
        keep=fraud__window_columns('accounts')
    ) }}

),

{# Declined attempts have played their part now: what follows is about payments. #}
final as (

    select
        {{ fraud__listed(fraud__window_columns('cards'), {
            'card_transaction_count_1h': 'case when card_token is not null then card_transaction_count_1h end',
            'card_transaction_count_24h': 'case when card_token is not null then card_transaction_count_24h end',
            'card_small_count_1h': 'case when card_token is not null then card_small_count_1h end',
        }) }}
    from with_windows
    where is_payment = 1

)
{% else %}
final as (

    select
        {{ fraud__listed(fraud__window_columns('cards'), {
            'card_transaction_count_1h': 'cast(null as integer)',
            'card_transaction_count_24h': 'cast(null as integer)',
            'card_small_count_1h': 'cast(null as integer)',
        }) }}
    from {{ ref('int_fraud__account_windows') }}
    where is_payment = 1

)
{% endif %}

select * from final
