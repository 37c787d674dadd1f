{# What account_balances says, of accounts in other currencies: at the rates of the days, of all days anew. #}
with

balance_days as (

    select
        account_id,
        event_date_local,
        balance,
        day_count
    from {{ ref('int_segmentation__foreign_balance_days') }}

),

account_months as (

    select
        months.account_id,
        months.month_start,
        months.snapshot_date
    from {{ ref('int_segmentation__account_months') }} as months
    inner join {{ ref('int_segmentation__foreign_accounts') }} as foreign_accounts
        on months.account_id = foreign_accounts.account_id

),

{{ segmentation__windowed(
    'balance_days', segmentation__balance_measures(), key='account_id', months='account_months'
) }},

newest_by_month as (

    select
        balance_days.account_id,
        cast({{ dbt.date_trunc('month', 'balance_days.event_date_local') }} as date) as month_start,
        max(balance_days.event_date_local) as newest_date
    from balance_days
    inner join observed
        on balance_days.event_date_local <= observed.last_date
    group by
        balance_days.account_id,
        cast({{ dbt.date_trunc('month', 'balance_days.event_date_local') }} as date)

),

with_newest_date as (

    select
        windows.account_id,
        windows.month_start,
        windows.balance_90d,
        windows.day_count_90d,
        max(newest_by_month.newest_date) over (
            partition by windows.account_id
            order by windows.month_start
            rows between unbounded preceding and current row
        ) as newest_date
    from windows
    left join newest_by_month
        on windows.account_id = newest_by_month.account_id
        and windows.month_start = newest_by_month.month_start

),

foreign_balances as (

    select
        with_newest_date.account_id,
        with_newest_date.month_start,
        {{ core.ratio('with_newest_date.balance_90d', 'with_newest_date.day_count_90d', 6) }} as average_balance,
        balance_days.balance as newest_balance
    from with_newest_date
    left join balance_days
        on with_newest_date.account_id = balance_days.account_id
        and with_newest_date.newest_date = balance_days.event_date_local
    where with_newest_date.day_count_90d > 0

)

select * from foreign_balances
