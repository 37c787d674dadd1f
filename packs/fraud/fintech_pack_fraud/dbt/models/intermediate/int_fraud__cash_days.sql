{{ config(materialized='table') }}

{#- A near day has cash close to the threshold, and its total does not exceed it: such a day needs no report. -#}
with

cash as (

    select * from {{ ref('int_fraud__person_cash') }}

),

days as (

    select
        customer_id,
        cash_direction,
        business_date,
        {{ core.parameter('ctr_threshold', 'days_of_cash.business_date', 'decimal(18, 2)') }} as threshold_amount
    from (
        select distinct
            customer_id,
            cash_direction,
            business_date
        from cash
    ) as days_of_cash

),

person_days as (

    select
        days.customer_id,
        days.cash_direction,
        days.business_date,
        days.threshold_amount,
        cast(sum(cash.cash_amount) as decimal(18, 2)) as cash_amount,
        max(
            case
                when
                    cash.cash_amount >= {{ var('structuring_near_share') }} * days.threshold_amount
                    and cash.cash_amount <= days.threshold_amount
                    then 1
                else 0
            end
        ) as has_near_transaction
    from days
    inner join cash
        on days.customer_id = cash.customer_id
        and days.cash_direction = cash.cash_direction
        and days.business_date = cash.business_date
    group by
        days.customer_id,
        days.cash_direction,
        days.business_date,
        days.threshold_amount

),

final as (

    select
        person_days.*,
        case when cash_amount <= threshold_amount then 1 else 0 end as is_below,
        case when cash_amount <= threshold_amount and has_near_transaction = 1 then 1 else 0 end as is_near
    from person_days

)

select * from final
