{{ config(materialized='table') }}

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
        cast(null as decimal(9, 4)) as fraud_adjustment,
        fee_cap,
        fee_floor,
        priority,
        effective_from,
        effective_to,
        case when lower(source_document) like '%illustrative%' then 1 else 0 end as is_illustrative,
        source_document
    from interchange_rates

),

{# A cap is a ceiling on what a rate gives, and never chosen as a rate itself. #}
caps as (

    select
        cap_id as rate_id,
        'cap' as rate_kind,
        cast(null as varchar(20)) as network,
        jurisdiction as region,
        funding_type,
        cast(null as varchar(32)) as card_product,
        case when regulated_only_flag = 1 then 1 end as regulated_flag,
        cast(null as smallint) as card_present_flag,
        cast(null as varchar(4)) as mcc_from,
        cast(null as varchar(4)) as mcc_to,
        cast(null as varchar(40)) as mcc_group,
        cast(null as decimal(18, 2)) as ticket_min,
        cast(null as decimal(18, 2)) as ticket_max,
        basis_points * 0.0001 as pct_rate,
        fixed_amount as fixed_fee,
        fraud_adjustment,
        cast(null as decimal(9, 4)) as fee_cap,
        cast(null as decimal(9, 4)) as fee_floor,
        0 as priority,
        effective_from,
        effective_to,
        0 as is_illustrative,
        coalesce(source, scheme) as source_document
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
        cast(null as varchar(20)) as network,
        cast(null as varchar(10)) as region,
        '{{ funding_type }}' as funding_type,
        cast(null as varchar(32)) as card_product,
        cast(null as smallint) as regulated_flag,
        cast(null as smallint) as card_present_flag,
        cast(null as varchar(4)) as mcc_from,
        cast(null as varchar(4)) as mcc_to,
        cast(null as varchar(40)) as mcc_group,
        cast(null as decimal(18, 2)) as ticket_min,
        cast(null as decimal(18, 2)) as ticket_max,
        cast({{ parameter }} as decimal(9, 4)) * 0.0001 as pct_rate,
        0 as fixed_fee,
        cast(null as decimal(9, 4)) as fraud_adjustment,
        cast(null as decimal(9, 4)) as fee_cap,
        cast(null as decimal(9, 4)) as fee_floor,
        2147483647 as priority,
        cast('1900-01-01' as date) as effective_from,
        cast(null as date) as effective_to,
        0 as is_illustrative,
        'the estimate of this pack''s parameters' as source_document
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

),

final as (

    select
        cast(rate_id as varchar(40)) as rate_id,
        cast(rate_kind as varchar(8)) as rate_kind,
        cast(network as varchar(20)) as network,
        cast(region as varchar(10)) as region,
        cast(funding_type as varchar(10)) as funding_type,
        cast(card_product as varchar(32)) as card_product,
        cast(regulated_flag as smallint) as regulated_flag,
        cast(card_present_flag as smallint) as card_present_flag,
        cast(mcc_from as varchar(4)) as mcc_from,
        cast(mcc_to as varchar(4)) as mcc_to,
        cast(mcc_group as varchar(40)) as mcc_group,
        cast(ticket_min as decimal(18, 2)) as ticket_min,
        cast(ticket_max as decimal(18, 2)) as ticket_max,
        cast(pct_rate as decimal(12, 8)) as pct_rate,
        cast(fixed_fee as decimal(9, 4)) as fixed_fee,
        cast(fraud_adjustment as decimal(9, 4)) as fraud_adjustment,
        cast(fee_cap as decimal(9, 4)) as fee_cap,
        cast(fee_floor as decimal(9, 4)) as fee_floor,
        cast(priority as integer) as priority,
        {{ revenue__specificity() }} as specificity,
        effective_from,
        effective_to,
        cast(is_illustrative as smallint) as is_illustrative,
        cast(case when rate_kind = 'blended' or is_illustrative = 1 then 1 else 0 end as smallint) as is_estimate,
        cast(source_document as varchar(200)) as source_document,
        {{ revenue__capability_flags('rates') }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id
    from rates

)

select * from final
