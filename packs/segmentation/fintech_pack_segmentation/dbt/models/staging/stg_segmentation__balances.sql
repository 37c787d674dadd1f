{# Balances in the currency that they came in, each with a count of one. #}
with

balance_days as (

    select
        account_id,
        balance_date as event_date_local,
        cast(balance_eod as decimal(18, 2)) as balance,
        1 as day_count
    from {{ ref('core', 'balances_daily') }}
    where balance_eod is not null

)

select * from balance_days
