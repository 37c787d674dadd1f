{# Balances in the account's own currency, summed over the known days of 90, with the newest one. #}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='month_start',
    on_schema_change='fail',
    meta={'event_table': ['balances_daily', 'transactions'], 'reach_days': 36500, 'reach_back_days': 30}
) }}

with

snapshots as (

    select
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

{{ segmentation__running_windows(
    ref('stg_segmentation__balances'), segmentation__balance_measures(), ['balances_daily', 'transactions'],
    key='account_id'
) }},

newest_by_month as (

    select
        balances.account_id,
        leg_days.month_start,
        max(balances.event_date_local) as newest_date
    from {{ ref('stg_segmentation__balances') }} as balances
    inner join leg_days
        on balances.event_date_local = leg_days.event_date_local
        and leg_days.window_days = 0
    group by balances.account_id, leg_days.month_start

),

newest_balances as (

    select
        newest_by_month.account_id,
        newest_by_month.month_start,
        newest_by_month.newest_date,
        balances.balance as newest_balance
    from newest_by_month
    inner join {{ ref('stg_segmentation__balances') }} as balances
        on newest_by_month.account_id = balances.account_id
        and newest_by_month.newest_date = balances.event_date_local
    {% if is_incremental() -%}
    union all

    select
        sums_before.account_id,
        sums_before.month_start,
        sums_before.newest_date,
        sums_before.newest_balance
    from {{ this }} as sums_before
    inner join bounds
        on sums_before.month_start = bounds.month_before
    {%- endif %}

),

with_newest_month as (

    select
        windows.*,
        coalesce(max(newest_balances.month_start) over (
            partition by windows.account_id
            order by windows.month_start
            rows between unbounded preceding and current row
        ), bounds.month_before) as newest_month
    from windows
    cross join bounds
    left join newest_balances
        on windows.account_id = newest_balances.account_id
        and windows.month_start = newest_balances.month_start

),

final as (

    select
        with_newest_month.account_id,
        with_newest_month.month_start,
        with_newest_month.snapshot_date,
        with_newest_month.balance_90d,
        with_newest_month.day_count_90d,
        newest_balances.newest_date,
        newest_balances.newest_balance
    from with_newest_month
    left join newest_balances
        on with_newest_month.account_id = newest_balances.account_id
        and with_newest_month.newest_month = newest_balances.month_start

)

select * from final
