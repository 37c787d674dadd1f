{# An account's average of the known days of 90, and its newest balance if one is known in them. #}
with

balance_sums as (

    select
        account_id,
        month_start,
        snapshot_date,
        balance_90d,
        day_count_90d,
        newest_balance
    from {{ ref('int_segmentation__balance_sums') }}
    where day_count_90d > 0

),

snapshots as (

    select snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

foreign_accounts as (

    select
        account_id,
        1 as is_foreign
    from {{ ref('int_segmentation__foreign_accounts') }}

),

foreign_balances as (

    select
        account_id,
        month_start,
        average_balance,
        newest_balance
    from {{ ref('int_segmentation__foreign_balances') }}

),

account_balances as (

    select
        balance_sums.account_id,
        balance_sums.month_start,
        {{ core.ratio('balance_sums.balance_90d', 'balance_sums.day_count_90d', 6) }} as average_balance,
        balance_sums.newest_balance
    from balance_sums
    inner join snapshots
        on balance_sums.snapshot_date = snapshots.snapshot_date
    left join foreign_accounts
        on balance_sums.account_id = foreign_accounts.account_id
    where coalesce(foreign_accounts.is_foreign, 0) = 0

    union all

    select
        account_id,
        month_start,
        average_balance,
        newest_balance
    from foreign_balances

)

select * from account_balances
