{{ config(materialized='table') }}

{#- What interchange each payment ought to have brought at its own rate, below the ceiling of the law. -#}
with

payments as (

    select * from {{ ref('int_revenue__card_payments') }}

),

rate_terms as (

    select * from {{ ref('int_revenue__rate_terms') }}

),

with_prices as (

    select
        payments.transaction_id,
        payments.event_date_local as rate_date,
        payments.amount,
        payments.interchange_amount as actual_interchange,
        payments.network,
        payments.card_product,
        payments.funding_type,
        payments.card_present_flag,
        payments.is_regulated,
        rate_terms.rate_id,
        rate_terms.cap_id,
        rate_terms.is_estimate,
        {{ revenue__rate_amount('payments.amount', 'rate_terms') }} as rate_amount,
        {{ revenue__cap_amount('payments.amount', 'rate_terms', 'payments.is_certified') }} as cap_amount
    from payments
    inner join rate_terms
        on payments.terms_key = rate_terms.terms_key

),

final as (

    select
        transaction_id,
        rate_date,
        amount,
        cast(actual_interchange as decimal(18, 4)) as actual_interchange,
        network,
        card_product,
        funding_type,
        card_present_flag,
        is_regulated,
        rate_id,
        cap_id,
        is_estimate,
        cast(cap_amount as decimal(18, 4)) as cap_amount,
        cast({{ revenue__at_most('rate_amount', 'cap_amount') }} as decimal(18, 4)) as expected_interchange
    from with_prices

)

select * from final
