{{ config(materialized='ephemeral') }}

{#- Windows that end with a near day, and have enough of them: two alone are no pattern. -#}
with

cash_days as (

    select * from {{ ref('int_fraud__cash_days') }}

),

last_days as (

    select
        customer_id,
        cash_direction,
        business_date as window_end_date,
        {{ core.add_days('business_date', 1 - (var('structuring_window_days') | int)) }} as window_start_date,
        threshold_amount
    from cash_days
    where is_near = 1

),

windows as (

    select
        last_days.customer_id,
        last_days.cash_direction,
        last_days.window_end_date,
        last_days.window_start_date,
        last_days.threshold_amount,
        sum(cash_days.is_near) as near_day_count,
        sum(cash_days.cash_amount) as cash_amount
    from last_days
    inner join cash_days
        on last_days.customer_id = cash_days.customer_id
        and last_days.cash_direction = cash_days.cash_direction
        and cash_days.business_date between last_days.window_start_date and last_days.window_end_date
    where cash_days.is_below = 1
    group by
        last_days.customer_id,
        last_days.cash_direction,
        last_days.window_end_date,
        last_days.window_start_date,
        last_days.threshold_amount

),

final as (

    select *
    from windows
    where
        near_day_count >= {{ var('structuring_near_days') }}
        and cash_amount > threshold_amount

)

select * from final
