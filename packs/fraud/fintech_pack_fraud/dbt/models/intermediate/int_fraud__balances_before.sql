{{ config(materialized='ephemeral') }}

{#-
    What a deposit account held before each payment of the days to build: the balance at the end of the day before and
    what was booked on the day since, in the account's currency. Unknown after an entry in another currency.
-#}
with

accounts as (

    select
        account_id,
        currency
    from {{ ref('core', 'accounts') }}
    where product_type in ('checking', 'savings', 'term_deposit', 'prepaid')

),

transactions as (

    select
        transaction_id,
        account_id,
        event_ts,
        event_date_local,
        amount,
        currency,
        case when status = 'posted' then 1 else 0 end as is_booked,
        case when direction = 'C' then amount else -1 * amount end as movement
    from {{ ref('core', 'transactions') }}
    where event_date_local >= {{ fraud__first_day(fraud__payment_tables()) }}

),

balances as (

    select
        account_id,
        balance_eod,
        currency,
        {{ core.add_days('balance_date', 1) }} as next_date
    from {{ ref('core', 'balances_daily') }}
    where balance_date >= {{ core.add_days(fraud__first_day(fraud__payment_tables()), -1) }}

),

entries as (

    select
        transactions.transaction_id,
        transactions.account_id,
        transactions.event_ts,
        transactions.event_date_local,
        transactions.amount,
        case when transactions.currency = accounts.currency then 0 else 1 end as is_foreign,
        transactions.is_booked * transactions.movement as booked_movement,
        case
            when transactions.currency <> accounts.currency then transactions.is_booked
            else 0
        end as is_foreign_booking,
        accounts.currency as account_currency
    from transactions
    inner join accounts
        on transactions.account_id = accounts.account_id

),

with_movements as (

    select
        entries.*,
        sum(booked_movement) over (
            partition by account_id, event_date_local
            order by event_ts, transaction_id
            rows between unbounded preceding and 1 preceding
        ) as moved_before,
        sum(is_foreign_booking) over (
            partition by account_id, event_date_local
            order by event_ts, transaction_id
            rows between unbounded preceding and 1 preceding
        ) as foreign_booking_count
    from entries

),

final as (

    select
        with_movements.transaction_id,
        with_movements.amount as account_currency_amount,
        balances.balance_eod + coalesce(with_movements.moved_before, 0) as balance_before
    from with_movements
    inner join balances
        on with_movements.account_id = balances.account_id
        and with_movements.event_date_local = balances.next_date
        and coalesce(balances.currency, with_movements.account_currency) = with_movements.account_currency
    where
        with_movements.is_foreign = 0
        and coalesce(with_movements.foreign_booking_count, 0) = 0

)

select * from final
