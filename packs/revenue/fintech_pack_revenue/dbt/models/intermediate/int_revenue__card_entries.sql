{{ config(materialized='ephemeral') }}

{#-
    Card transactions of the days to build beside their price: a purchase has its own, what takes it back or restores
    it has that of the purchase.
-#}
with

card_payments as (

    select * from {{ ref('int_revenue__card_payments') }}

),

rate_terms as (

    select * from {{ ref('int_revenue__rate_terms') }}

),

originals as (

    select root_transaction_id
    from {{ ref('int_revenue__originals') }}

),

own_priced as (

    select
        card_payments.*,
        {{ revenue__price_columns('card_payments', 'rate_terms') }}
    from card_payments
    left join rate_terms
        on card_payments.terms_key = rate_terms.terms_key
    where
        card_payments.is_entry = 1
        and card_payments.root_transaction_id is null

),

prices_of_originals as (

    select
        card_payments.transaction_id,
        {{ revenue__price_columns('card_payments', 'rate_terms') }}
    from card_payments
    inner join rate_terms
        on card_payments.terms_key = rate_terms.terms_key
    where card_payments.transaction_id in (select originals.root_transaction_id from originals)

),

followers as (

    select
        card_payments.*,
        {% for carried in revenue__price_names() -%}
        prices_of_originals.{{ carried }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from card_payments
    left join prices_of_originals
        on card_payments.root_transaction_id = prices_of_originals.transaction_id
    where
        card_payments.is_entry = 1
        and card_payments.root_transaction_id is not null

),

all_priced as (

    select * from own_priced
    union all
    select * from followers

),

final as (

    select
        all_priced.*,
        {{ revenue__at_most('rate_amount', 'priced_cap') }} as priced_interchange,
        coalesce(priced_actual, {{ revenue__at_most('rate_amount', 'priced_cap') }}) as priced_booking,
        case when root_transaction_id is not null then priced_actual end as actual_of_original,
        {{ revenue__sign('direction') }} as sign
    from all_priced

)

select * from final
