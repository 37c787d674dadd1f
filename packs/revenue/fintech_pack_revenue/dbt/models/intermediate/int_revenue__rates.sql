{{ config(materialized='ephemeral') }}

{#- The networks' rates, the law's caps, and what stands in where no rate matches, in one form. -#}

with

interchange_rates as (

    select * from {{ ref('core', 'interchange_rates') }}

),

regulated_caps as (

    select * from {{ ref('core', 'regulated_caps') }}

),

network_rates as (

    select
        rate_id,
        'network' as rate_kind,
        network,
        region,
        funding_type,
        card_product,
        regulated_flag,
        card_present_flag,
        mcc_from,
        mcc_to,
        mcc_group,
        ticket_min,
        ticket_max,
        pct_rate,
        fixed_fee,
        {{ revenue__unset(['fraud_adjustment']) }},
        fee_cap,
        fee_floor,
        priority,
        effective_from,
        effective_to,
        case when lower(source_document) like '%illustrative%' then 1 else 0 end as is_illustrative,
        source_document,
        source_batch_id
    from interchange_rates

),

{# A cap is a ceiling on what a rate gives, and never chosen as a rate itself. #}
caps as (

    select
        cap_id as rate_id,
        'cap' as rate_kind,
        {{ revenue__unset(['network']) }},
        jurisdiction as region,
        funding_type,
        {{ revenue__unset(['card_product']) }},
        case when regulated_only_flag = 1 then 1 end as regulated_flag,
        {{ revenue__unset(['card_present_flag', 'mcc_from', 'mcc_to', 'mcc_group', 'ticket_min', 'ticket_max']) }},
        basis_points * 0.0001 as pct_rate,
        fixed_amount as fixed_fee,
        fraud_adjustment,
        {{ revenue__unset(['fee_cap', 'fee_floor']) }},
        0 as priority,
        effective_from,
        effective_to,
        0 as is_illustrative,
        coalesce(source, scheme) as source_document,
        source_batch_id
    from regulated_caps

),

{# What stands in for a rate where none matches; it loses against every rate. #}
blended_rates as (

    {% for funding_type, parameter in [
        ('debit', var('blended_debit_basis_points')), ('prepaid', var('blended_debit_basis_points')),
        ('credit', var('blended_credit_basis_points'))
    ] -%}
    select
        'blended-{{ funding_type }}' as rate_id,
        'blended' as rate_kind,
        {{ revenue__unset(['network', 'region']) }},
        '{{ funding_type }}' as funding_type,
        {{ revenue__unset([
            'card_product', 'regulated_flag', 'card_present_flag', 'mcc_from', 'mcc_to', 'mcc_group', 'ticket_min',
            'ticket_max'
        ]) }},
        cast({{ parameter }} as decimal(9, 4)) * 0.0001 as pct_rate,
        0 as fixed_fee,
        {{ revenue__unset(['fraud_adjustment', 'fee_cap', 'fee_floor']) }},
        2147483647 as priority,
        cast('1900-01-01' as date) as effective_from,
        {{ revenue__unset(['effective_to']) }},
        0 as is_illustrative,
        'the estimate of this pack''s parameters' as source_document,
        0 as source_batch_id
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

rates as (

    select * from network_rates
    union all
    select * from caps
    union all
    select * from blended_rates

)

select * from rates
