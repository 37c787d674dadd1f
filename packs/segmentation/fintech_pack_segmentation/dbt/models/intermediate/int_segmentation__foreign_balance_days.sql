{# Daily balances of accounts that have any in another currency, in base currency at the rate of the day. Those without
   a rate are left out: they are not known. #}
{{ config(materialized='table') }}

with

balances as (

    select
        account_id,
        balance_date,
        balance_eod,
        currency
    from {{ ref('core', 'balances_daily') }}

),

accounts as (

    select
        account_id,
        currency
    from {{ ref('int_segmentation__foreign_accounts') }}

),

exchange_rates as (

    select
        from_currency,
        rate_date,
        rate
    from {{ ref('core', 'exchange_rates') }}

),

converted as (

    select
        balances.account_id,
        balances.balance_date as event_date_local,
        cast(
            case
                when coalesce(balances.currency, accounts.currency) = {{ core.base_currency() }}
                    then balances.balance_eod
                else balances.balance_eod * exchange_rates.rate
            end as decimal(18, 2)
        ) as balance,
        1 as day_count
    from balances
    inner join accounts
        on balances.account_id = accounts.account_id
    left join exchange_rates
        on coalesce(balances.currency, accounts.currency) = exchange_rates.from_currency
        and balances.balance_date = exchange_rates.rate_date

),

balance_days as (

    select * from converted
    where balance is not null

)

select * from balance_days
