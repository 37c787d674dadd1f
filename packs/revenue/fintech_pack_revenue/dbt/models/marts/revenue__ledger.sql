{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='effective_date',
    meta={'event_table': ['transactions', 'cards'], 'time_column': 'effective_date'}
) }}

with

legs as (

    select * from {{ ref('int_revenue__ledger_legs') }}

),

line_catalogue as (

    select
        line,
        line_group,
        is_memo
    from {{ ref('revenue__line_catalogue') }}

),

final as (

    select
        cast('transactions:' || legs.transaction_id || ':' || legs.leg as varchar(96)) as ledger_line_id,
        cast(legs.line as varchar(24)) as line,
        cast(line_catalogue.line_group as varchar(12)) as line_group,
        cast(line_catalogue.is_memo as smallint) as is_memo,
        cast('transactions' as varchar(24)) as source_table,
        cast(legs.transaction_id as varchar(64)) as source_id,
        legs.account_id,
        legs.customer_id,
        legs.product_type,
        legs.product_code,
        legs.legal_entity_id,
        legs.effective_date,
        legs.posting_date,
        cast(legs.amount as decimal(18, 4)) as amount,
        cast(legs.currency as varchar(3)) as currency,
        cast(legs.amount_base as decimal(18, 4)) as amount_base,
        legs.fx_rate_id,
        cast(case when legs.amount_base is null then 1 else 0 end as smallint) as fx_missing_flag,
        cast(legs.rate_id as varchar(40)) as rate_id,
        cast(legs.method as varchar(12)) as method,
        cast(case when legs.method = 'estimated' then 1 else 0 end as smallint) as estimated_flag,
        cast(
            'transactions:' || legs.reverses_transaction_id || ':' || legs.reversed_leg as varchar(96)
        ) as reverses_line_id,
        {{ revenue__capability_flags('ledger') }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        legs.source_batch_id
    from legs
    inner join line_catalogue
        on legs.line = line_catalogue.line

)

select * from final
