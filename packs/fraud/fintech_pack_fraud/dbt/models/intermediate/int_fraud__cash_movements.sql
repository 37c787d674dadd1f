{{ config(materialized='table') }}

{#- Cash over the counter or a machine, less what was corrected. Corrections name what they correct. -#}
with

transactions as (

    select
        transaction_id,
        account_id,
        customer_id,
        event_date_local,
        event_hour_local,
        business_date,
        direction,
        txn_type,
        is_cash,
        amount_base,
        original_transaction_id,
        branch_id,
        conductor_customer_id,
        source_batch_id
    from {{ ref('core', 'transactions') }}
    where
        status = 'posted'
        and is_excluded = 0

),

calendar as (

    select
        calendar_date,
        next_business_date
    from {{ ref('core', 'calendar') }}
    where jurisdiction = {{ fraud__bank_jurisdiction() }}

),

cash as (

    select *
    from transactions
    where
        is_cash = 1
        and txn_type not in ('reversal', 'adjustment')

),

corrections as (

    select
        cash.transaction_id,
        sum(
            case
                when corrected.direction = cash.direction then corrected.amount_base
                else -corrected.amount_base
            end
        ) as corrected_amount,
        max(corrected.source_batch_id) as source_batch_id
    from transactions as corrected
    inner join cash
        on corrected.original_transaction_id = cash.transaction_id
        and corrected.account_id = cash.account_id
    where corrected.txn_type in ('reversal', 'adjustment')
    group by cash.transaction_id

),

{# What comes in after the counters close is of the next business day. #}
final as (

    select
        cash.transaction_id,
        cash.account_id,
        cash.customer_id,
        case
            when
                cash.event_hour_local >= {{ var('business_day_end_hour') }}
                and cash.business_date = cash.event_date_local
                then coalesce(calendar.next_business_date, cash.business_date)
            else cash.business_date
        end as business_date,
        case when cash.direction = 'C' then 'in' else 'out' end as cash_direction,
        cast(cash.amount_base + coalesce(corrections.corrected_amount, 0) as decimal(18, 2)) as cash_amount,
        cash.branch_id,
        cash.conductor_customer_id,
        greatest(cash.source_batch_id, coalesce(corrections.source_batch_id, 0)) as source_batch_id
    from cash
    left join corrections
        on cash.transaction_id = corrections.transaction_id
    left join calendar
        on cash.event_date_local = calendar.calendar_date
    where
        cash.amount_base is null
        or cash.amount_base + coalesce(corrections.corrected_amount, 0) > 0

)

select * from final
