{# A sum over accounts of which one is not known would be too small: then it is not known either. #}
{{ config(materialized='table') }}

with

account_months as (

    select
        account_id,
        month_start,
        customer_id,
        side
    from {{ ref('int_segmentation__account_months') }}

),

account_balances as (

    select
        account_id,
        month_start,
        average_balance,
        newest_balance
    from {{ ref('int_segmentation__account_balances') }}

),

card_limits as (

    select
        account_id,
        month_start,
        credit_limit
    from {{ ref('int_segmentation__card_limits') }}

),

by_side as (

    select
        account_months.customer_id,
        account_months.month_start,
        account_months.side,
        case when count(*) = count(account_balances.average_balance) then sum(account_balances.average_balance) end
            as average_balance,
        case when count(*) = count(account_balances.newest_balance) then sum(account_balances.newest_balance) end
            as newest_balance,
        case when count(*) = count(card_limits.credit_limit) then sum(card_limits.credit_limit) end as credit_limit
    from account_months
    left join account_balances
        on account_months.account_id = account_balances.account_id
        and account_months.month_start = account_balances.month_start
    left join card_limits
        on account_months.account_id = card_limits.account_id
        and account_months.month_start = card_limits.month_start
    group by account_months.customer_id, account_months.month_start, account_months.side

),

{# A customer without such an account has none of it, which is a true zero. #}
by_customer as (

    select
        customer_id,
        month_start,
        case
            when count(case when side = 'deposit' then 1 end) = 0 then 0
            else max(case when side = 'deposit' then average_balance end)
        end as average_deposit_balance_90d,
        case
            when count(case when side = 'loan' then 1 end) = 0 then 0
            else max(case when side = 'loan' then newest_balance end)
        end as total_loan_balance,
        max(case when side = 'card' then newest_balance end) as card_balance,
        max(case when side = 'card' then credit_limit end) as card_credit_limit
    from by_side
    group by customer_id, month_start

)

select * from by_customer
