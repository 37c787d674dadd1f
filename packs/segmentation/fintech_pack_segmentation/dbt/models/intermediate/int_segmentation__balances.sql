{# Balances of the primary holder at each snapshot, in base currency, each account once. Known for the last 90 days or not at all. #}
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
        primary_customer_id as customer_id,
        product_type,
        currency,
        opened_date,
        closed_date
    from {{ ref('core', 'accounts') }}
    where
        coalesce(is_test, 0) = 0
        and coalesce(is_internal, 0) = 0

),

accounts_history as (

    select
        account_id,
        valid_from,
        valid_to,
        credit_limit
    from {{ ref('core', 'accounts_history') }}

),

exchange_rates as (

    select
        from_currency,
        rate_date,
        rate
    from {{ ref('core', 'exchange_rates') }}

),

snapshots as (

    select
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

converted as (

    select
        balances.account_id,
        balances.balance_date as event_date_local,
        cast(
            case
                when coalesce(balances.currency, accounts.currency) = {{ core.base_currency() }} then balances.balance_eod
                else balances.balance_eod * exchange_rates.rate
            end as decimal(18, 2)
        ) as balance
    from balances
    inner join accounts
        on balances.account_id = accounts.account_id
    left join exchange_rates
        on coalesce(balances.currency, accounts.currency) = exchange_rates.from_currency
        and balances.balance_date = exchange_rates.rate_date

),

balance_days as (

    select
        account_id,
        event_date_local,
        balance,
        1 as day_count
    from converted
    where balance is not null

),

{# An account with no balance at all has its row too: a loan whose balance is not known makes the sum unknown. #}
account_months as (

    select
        accounts.account_id,
        snapshots.month_start,
        snapshots.snapshot_date
    from accounts
    inner join snapshots
        on coalesce(accounts.opened_date, snapshots.month_start) <= snapshots.snapshot_date
        and coalesce(accounts.closed_date, cast('9999-12-31' as date)) > snapshots.snapshot_date

),

{{ segmentation__windowed(
    'balance_days', {'balance': {'90d': 90}, 'day_count': {'90d': 90}}, key='account_id', months='account_months'
) }},

newest_by_month as (

    select
        balance_days.account_id,
        cast({{ dbt.date_trunc('month', 'balance_days.event_date_local') }} as date) as month_start,
        max(balance_days.event_date_local) as newest_date
    from balance_days
    inner join observed
        on balance_days.event_date_local <= observed.last_date
    group by balance_days.account_id, cast({{ dbt.date_trunc('month', 'balance_days.event_date_local') }} as date)

),

with_newest_date as (

    select
        account_months.account_id,
        account_months.month_start,
        account_months.snapshot_date,
        max(newest_by_month.newest_date) over (
            partition by account_months.account_id
            order by account_months.month_start
            rows between unbounded preceding and current row
        ) as newest_date
    from account_months
    left join newest_by_month
        on account_months.account_id = newest_by_month.account_id
        and account_months.month_start = newest_by_month.month_start

),

limits as (

    select
        account_months.account_id,
        account_months.month_start,
        max(
            case
                when accounts.currency = {{ core.base_currency() }} then accounts_history.credit_limit
                else accounts_history.credit_limit * exchange_rates.rate
            end
        ) as credit_limit
    from account_months
    inner join accounts
        on account_months.account_id = accounts.account_id
        and accounts.product_type = 'credit_card'
    inner join accounts_history
        on account_months.account_id = accounts_history.account_id
        and cast(accounts_history.valid_from as date) <= account_months.snapshot_date
        and (accounts_history.valid_to is null or cast(accounts_history.valid_to as date) > account_months.snapshot_date)
    left join exchange_rates
        on accounts.currency = exchange_rates.from_currency
        and account_months.snapshot_date = exchange_rates.rate_date
    group by account_months.account_id, account_months.month_start

),

by_account as (

    select
        accounts.customer_id,
        with_newest_date.month_start,
        case
            when accounts.product_type in ('checking', 'savings', 'term_deposit', 'prepaid') then 'deposit'
            when accounts.product_type = 'credit_card' then 'card'
            when accounts.product_type <> 'investment' then 'loan'
        end as side,
        cast(windows.balance_90d as decimal(38, 10)) / nullif(windows.day_count_90d, 0) as average_balance,
        balance_days.balance as newest_balance,
        limits.credit_limit
    from with_newest_date
    inner join accounts
        on with_newest_date.account_id = accounts.account_id
    inner join windows
        on with_newest_date.account_id = windows.account_id
        and with_newest_date.month_start = windows.month_start
    left join balance_days
        on with_newest_date.account_id = balance_days.account_id
        and with_newest_date.newest_date = balance_days.event_date_local
        and windows.day_count_90d > 0
    left join limits
        on with_newest_date.account_id = limits.account_id
        and with_newest_date.month_start = limits.month_start

),

{# A sum over accounts of which one is not known would be too small: it is not known either. #}
by_customer as (

    select
        customer_id,
        month_start,
        case
            when count(case when side = 'deposit' then 1 end) = count(case when side = 'deposit' then average_balance end)
                then coalesce(sum(case when side = 'deposit' then average_balance end), 0)
        end as average_deposit_balance_90d,
        case
            when count(case when side = 'loan' then 1 end) = count(case when side = 'loan' then newest_balance end)
                then coalesce(sum(case when side = 'loan' then newest_balance end), 0)
        end as total_loan_balance,
        case
            when count(case when side = 'card' then 1 end) = count(case when side = 'card' then newest_balance end)
                then sum(case when side = 'card' then newest_balance end)
        end as card_balance,
        case
            when count(case when side = 'card' then 1 end) = count(case when side = 'card' then credit_limit end)
                then sum(case when side = 'card' then credit_limit end)
        end as card_credit_limit
    from by_account
    group by customer_id, month_start

)

select * from by_customer
