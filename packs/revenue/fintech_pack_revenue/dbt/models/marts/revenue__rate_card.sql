{{ config(materialized='table') }}

with

rates as (

    select * from {{ ref('int_revenue__rates') }}

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
        {{ core.parameter_set_id() }} as param_set_id,
        cast(source_batch_id as integer) as source_batch_id
    from rates

)

select * from final
