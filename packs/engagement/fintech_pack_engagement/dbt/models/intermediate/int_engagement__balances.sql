{#-
    The average of the days that are known over a primary holder's deposit accounts in base currency, in the month. An
    account in another currency is left out: its balance cannot be held against inflow in base currency. One row per
    customer and month with a balance.
-#}
with

balances as (

    select
        account_id,
        month_start,
        average_balance
    from {{ ref('int_engagement__account_months') }}

),

accounts as (

    select
        account_id,
        primary_customer_id as customer_id
    from {{ ref('core', 'accounts') }}
    where
        product_type in ('checking', 'savings', 'prepaid')
        and currency = {{ core.base_currency() }}
        and coalesce(is_test, 0) = 0
        and coalesce(is_internal, 0) = 0

),

by_customer as (

    select
        accounts.customer_id,
        balances.month_start,
        sum(cast(balances.average_balance as decimal(18, 2))) as average_balance
    from balances
    inner join accounts
        on balances.account_id = accounts.account_id
    group by accounts.customer_id, balances.month_start

)

select * from by_customer
