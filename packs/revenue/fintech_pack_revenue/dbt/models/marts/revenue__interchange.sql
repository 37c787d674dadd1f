{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    meta={'event_table': ['transactions', 'cards'], 'time_column': 'event_ts'}
) }}

with

card_entries as (

    select * from {{ ref('int_revenue__card_entries') }}

),

with_amounts as (

    select
        card_entries.*,
        sign * {{ revenue__share('priced_interchange', 'amount', 'priced_amount') }} as expected_interchange,
        {{ revenue__share('priced_cap', 'amount', 'priced_amount') }} as cap_amount,
        coalesce(
            actual_interchange,
            sign * {{ revenue__share('priced_booking', 'amount', 'priced_amount') }}
        ) as interchange_amount
    from card_entries

),

with_method as (

    select
        with_amounts.*,
        case
            when actual_interchange is not null then 'actual'
            when interchange_amount is null then null
            when actual_of_original is not null then 'calculated'
            when is_estimate = 1 then 'estimated'
            when root_transaction_id is null and txn_type <> 'purchase' then 'estimated'
            else 'calculated'
        end as method
    from with_amounts

),

final as (

    select
        transaction_id,
        cast(txn_type as varchar(24)) as txn_type,
        account_id,
        customer_id,
        event_ts,
        event_date_local,
        posting_date,
        rate_date,
        root_transaction_id as original_transaction_id,
        cast(
            case
                when is_root_posted = 1 and priced_booking is not null then root_transaction_id
            end
            as varchar(64)
        ) as reverses_transaction_id,
        cast(network as varchar(20)) as network,
        cast(funding_type as varchar(10)) as funding_type,
        cast(card_product as varchar(32)) as card_product,
        cast(card_present_flag as smallint) as card_present_flag,
        is_regulated,
        cast(mcc as varchar(4)) as mcc,
        cast(merchant_country as varchar(2)) as merchant_country,
        product_type,
        product_code,
        legal_entity_id,
        amount,
        currency,
        rate_id,
        cap_id,
        cap_amount,
        cast(expected_interchange as decimal(18, 4)) as expected_interchange,
        actual_interchange,
        cast(actual_interchange - expected_interchange as decimal(18, 4)) as variance_amount,
        cast(interchange_amount as decimal(18, 4)) as interchange_amount,
        {{ revenue__in_base('interchange_amount', 'exchange_rate') }} as interchange_amount_base,
        scheme_fee_amount,
        {{ revenue__in_base('scheme_fee_amount', 'exchange_rate') }} as scheme_fee_amount_base,
        cast(method as varchar(12)) as method,
        cast(
            case
                when method = 'estimated' then 1
                when method is not null then 0
            end
            as smallint
        ) as estimated_flag,
        fx_rate_id,
        cast(case when exchange_rate is null then 1 else 0 end as smallint) as fx_missing_flag,
        {{ revenue__capability_flags('interchange') }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        source_batch_id
    from with_method

)

select * from final
