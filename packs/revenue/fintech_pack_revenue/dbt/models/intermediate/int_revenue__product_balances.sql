{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='balance_date',
    meta={'event_table': ['balances_daily', 'transactions']}
) }}

{#- End-of-day balances of a product in base currency. A balance without an exchange rate adds nothing and is counted. -#}
with

touched_days as (

    {{ core.touched_days(['balances_daily', 'transactions']) }}

),

balances as (

    select
        account_id,
        balance_date,
        balance_eod,
        currency
    from {{ ref('core', 'balances_daily') }}
    {% if is_incremental() %}
    where balance_date in (select touched_days.event_date_local from touched_days)
    {% endif %}

),

accounts as (

    select
        account_id,
        currency
    from {{ ref('core', 'accounts') }}
    where
        is_internal = 0
        and is_test = 0

),

accounts_history as (

    select
        account_id,
        valid_from,
        valid_to,
        product_type,
        product_code,
        legal_entity_id
    from {{ ref('core', 'accounts_history') }}

),

exchange_rates as (

    select
        from_currency,
        rate_date,
        rate
    from {{ ref('core', 'exchange_rates') }}

),

with_product as (

    select
        balances.balance_date,
        balances.balance_eod,
        coalesce(balances.currency, accounts.currency) as currency,
        accounts_history.product_type,
        accounts_history.product_code,
        accounts_history.legal_entity_id
    from balances
    inner join accounts
        on balances.account_id = accounts.account_id
    inner join accounts_history
        on balances.account_id = accounts_history.account_id
        and balances.balance_date >= accounts_history.valid_from
        and (balances.balance_date < accounts_history.valid_to or accounts_history.valid_to is null)

),

with_rate as (

    select
        with_product.*,
        cast(
            with_product.balance_eod
            * cast(
                case
                    when with_product.currency = {{ core.base_currency() }} then 1
                    else exchange_rates.rate
                end
                as decimal(20, 12)
            )
            as decimal(18, 2)
        ) as balance_base
    from with_product
    left join exchange_rates
        on with_product.currency = exchange_rates.from_currency
        and with_product.balance_date = exchange_rates.rate_date

),

final as (

    select
        balance_date,
        product_type,
        product_code,
        legal_entity_id,
        cast(sum(balance_base) as decimal(18, 2)) as balance_base,
        cast(sum(case when balance_base is null then 1 else 0 end) as integer) as fx_missing_count
    from with_rate
    group by
        balance_date,
        product_type,
        product_code,
        legal_entity_id

)

select * from final
