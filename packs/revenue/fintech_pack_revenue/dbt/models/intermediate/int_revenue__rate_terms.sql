{{ config(materialized='table') }}

{#- Each set of terms that payments have, with the rate and the cap that hold for it. -#}
with

terms as (

    select
        terms_key,
        max(network) as network,
        max(card_product) as card_product,
        max(funding_type) as funding_type,
        max(card_present_flag) as card_present_flag,
        max(mcc) as mcc,
        max(merchant_country) as merchant_country,
        max(is_regulated) as is_regulated,
        max(ticket_floor) as ticket_floor,
        max(period_from) as period_from
    from {{ ref('int_revenue__card_payments') }}
    where terms_key is not null
    group by terms_key

),

countries as (

    select
        iso2,
        eea_flag
    from {{ ref('core', 'countries') }}

),

rate_card as (

    select * from {{ ref('revenue__rate_card') }}

),

with_region as (

    select
        terms.*,
        case when countries.eea_flag = 1 then 'EU' else terms.merchant_country end as acquirer_region
    from terms
    left join countries
        on terms.merchant_country = countries.iso2

),

matching_rates as (

    select
        with_region.terms_key,
        rate_card.rate_id,
        rate_card.rate_kind,
        rate_card.pct_rate,
        rate_card.fixed_fee,
        rate_card.fee_cap,
        rate_card.fee_floor,
        rate_card.is_estimate,
        row_number() over (
            partition by with_region.terms_key
            order by rate_card.priority asc, rate_card.specificity desc, rate_card.rate_id asc
        ) as choice
    from with_region
    inner join rate_card
        on {{ revenue__rate_matches('rate_card', 'with_region') }}
    where rate_card.rate_kind in ('network', 'blended')

),

matching_caps as (

    select
        with_region.terms_key,
        rate_card.rate_id as cap_id,
        rate_card.pct_rate as cap_pct_rate,
        rate_card.fixed_fee as cap_fixed_fee,
        rate_card.fraud_adjustment as cap_fraud_adjustment,
        row_number() over (
            partition by with_region.terms_key
            order by rate_card.effective_from desc, rate_card.rate_id asc
        ) as choice
    from with_region
    inner join rate_card
        on {{ revenue__rate_matches('rate_card', 'with_region') }}
    where
        rate_card.rate_kind = 'cap'
        and rate_card.region = {{ var('issuer_jurisdiction') }}

),

final as (

    select
        with_region.terms_key,
        matching_rates.rate_id,
        matching_rates.rate_kind,
        matching_rates.pct_rate,
        matching_rates.fixed_fee,
        matching_rates.fee_cap,
        matching_rates.fee_floor,
        matching_rates.is_estimate,
        matching_caps.cap_id,
        matching_caps.cap_pct_rate,
        matching_caps.cap_fixed_fee,
        matching_caps.cap_fraud_adjustment
    from with_region
    left join matching_rates
        on with_region.terms_key = matching_rates.terms_key
        and matching_rates.choice = 1
    left join matching_caps
        on with_region.terms_key = matching_caps.terms_key
        and matching_caps.choice = 1

)

select * from final
