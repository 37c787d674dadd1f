{{ config(materialized='table', meta={'time_column': 'window_end_date'}) }}

with

windows as (

    select * from {{ ref('int_fraud__structuring_windows') }}

),

cash_days as (

    select * from {{ ref('int_fraud__cash_days') }}

),

cash as (

    select * from {{ ref('int_fraud__person_cash') }}

),

customers as (

    select
        customer_id,
        expected_cash_flag
    from {{ ref('core', 'customers') }}

),

evidence as (

    select
        windows.customer_id,
        windows.cash_direction,
        windows.window_end_date,
        count(*) as transaction_count,
        sum(case when cash.cash_amount < {{ var('structuring_small_amount') }} then 1 else 0 end)
            as small_transaction_count,
        count(distinct cash.account_id) as account_count,
        {{ fraud__when_mapped('transactions', 'branch_id', 'count(distinct cash.branch_id)', 'integer') }}
            as branch_count,
        {{ fraud__when_mapped(
            'transactions', 'conductor_customer_id', 'count(distinct cash.conductor_customer_id)', 'integer'
        ) }} as conductor_count,
        sum(case when mod(cash.cash_amount, 100) = 0 then 1 else 0 end) as round_count,
        max(cash.source_batch_id) as source_batch_id
    from windows
    inner join cash
        on windows.customer_id = cash.customer_id
        and windows.cash_direction = cash.cash_direction
        and cash.business_date between windows.window_start_date and windows.window_end_date
    inner join cash_days
        on cash.customer_id = cash_days.customer_id
        and cash.cash_direction = cash_days.cash_direction
        and cash.business_date = cash_days.business_date
    where cash_days.is_below = 1
    group by
        windows.customer_id,
        windows.cash_direction,
        windows.window_end_date

),

usual as (

    select
        windows.customer_id,
        windows.cash_direction,
        windows.window_end_date,
        percentile_cont(0.5) within group (
            order by cast(cash_days.cash_amount as double precision)
        ) as prior_daily_median
    from windows
    inner join cash_days
        on windows.customer_id = cash_days.customer_id
        and windows.cash_direction = cash_days.cash_direction
        and windows.window_start_date > cash_days.business_date
        and {{ core.add_days('windows.window_start_date', -90) }} <= cash_days.business_date
    where cash_days.cash_amount is not null
    group by
        windows.customer_id,
        windows.cash_direction,
        windows.window_end_date

),

final as (

    select
        cast(windows.customer_id as varchar(64)) as customer_id,
        windows.window_end_date,
        cast(windows.cash_direction as varchar(3)) as cash_direction,
        windows.window_start_date,
        cast(windows.near_day_count as integer) as near_day_count,
        cast(windows.cash_amount as decimal(18, 2)) as cash_amount,
        windows.threshold_amount,
        cast(evidence.transaction_count as integer) as transaction_count,
        cast(evidence.small_transaction_count as integer) as small_transaction_count,
        cast(evidence.account_count as integer) as account_count,
        cast(evidence.branch_count as integer) as branch_count,
        cast(evidence.conductor_count as integer) as conductor_count,
        {{ core.ratio('evidence.round_count', 'evidence.transaction_count', 6) }} as round_share,
        cast(usual.prior_daily_median as decimal(18, 4)) as prior_daily_median,
        cast(customers.expected_cash_flag as smallint) as is_cash_expected,
        cast(
            1
            + case when evidence.branch_count >= 2 then 1 else 0 end
            + case when evidence.account_count >= 2 then 1 else 0 end
            + case when windows.near_day_count >= 5 then 1 else 0 end
            + case when customers.expected_cash_flag = 0 then 1 else 0 end
            as smallint
        ) as strength,
        {{ fraud__cash_capability_flags() }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(evidence.source_batch_id as integer) as source_batch_id
    from windows
    inner join evidence
        on windows.customer_id = evidence.customer_id
        and windows.cash_direction = evidence.cash_direction
        and windows.window_end_date = evidence.window_end_date
    left join usual
        on windows.customer_id = usual.customer_id
        and windows.cash_direction = usual.cash_direction
        and windows.window_end_date = usual.window_end_date
    left join customers
        on windows.customer_id = customers.customer_id

)

select * from final
