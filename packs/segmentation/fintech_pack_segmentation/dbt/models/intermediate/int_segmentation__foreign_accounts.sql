{# Accounts whose balances are not all in base currency: their sums depend on the rates of the days. #}
{{ config(materialized='table') }}

with

accounts as (

    select
        account_id,
        currency
    from {{ ref('core', 'accounts') }}
    where
        coalesce(is_test, 0) = 0
        and coalesce(is_internal, 0) = 0

),

foreign_balances as (

    select distinct
        account_id,
        1 as is_foreign
    from {{ ref('core', 'balances_daily') }}
    where currency <> {{ core.base_currency() }}

),

foreign_accounts as (

    select
        accounts.account_id,
        accounts.currency
    from accounts
    left join foreign_balances
        on accounts.account_id = foreign_balances.account_id
    where
        accounts.currency <> {{ core.base_currency() }}
        or foreign_balances.is_foreign = 1

)

select * from foreign_accounts
