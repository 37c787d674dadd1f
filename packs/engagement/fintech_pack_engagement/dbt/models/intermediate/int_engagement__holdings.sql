{{ config(materialized='table') }}

{#-
    What each customer owns at each month's end, alone or jointly; a joint account counts for each of its owners,
    through the last day of the role. An account that is applied for is nobody's yet.
    One row per customer and month with an open account.
-#}
with

accounts as (

    select
        account_id,
        primary_customer_id,
        product_type,
        case when status = 'closed' or status = 'charged_off' or status = 'escheated' then 1 else 0 end as is_closed,
        opened_date,
        closed_date
    from {{ ref('core', 'accounts') }}
    where
        coalesce(is_test, 0) = 0
        and coalesce(is_internal, 0) = 0
        and coalesce(status, 'open') <> 'pending'

),

account_holders as (

    select
        account_id,
        customer_id,
        valid_from,
        valid_to
    from {{ ref('core', 'account_holders') }}
    where role in ('primary', 'joint')

),

months as (

    select
        month_start,
        month_end
    from {{ ref('int_engagement__months') }}

),

open_accounts as (

    select
        accounts.account_id,
        accounts.primary_customer_id,
        accounts.product_type,
        months.month_start,
        months.month_end
    from accounts
    inner join months
        on (accounts.opened_date is null or accounts.opened_date <= months.month_end)
        and (accounts.closed_date > months.month_end or (accounts.closed_date is null and accounts.is_closed = 0))

),

owned as (

    select
        primary_customer_id as customer_id,
        month_start,
        account_id,
        product_type
    from open_accounts

    union

    select
        account_holders.customer_id,
        open_accounts.month_start,
        open_accounts.account_id,
        open_accounts.product_type
    from open_accounts
    inner join account_holders
        on open_accounts.account_id = account_holders.account_id
        and (account_holders.valid_from is null or open_accounts.month_end >= account_holders.valid_from)
        and (account_holders.valid_to is null or open_accounts.month_end <= account_holders.valid_to)

),

holdings as (

    select
        customer_id,
        month_start,
        count(*) as open_account_count,
        count(distinct product_type) as product_type_count,
        sum(case when product_type in ('checking', 'savings', 'prepaid') then 1 else 0 end) as deposit_account_count,
        sum(
            case
                when product_type in ('term_deposit', 'mortgage', 'auto_loan', 'personal_loan', 'bnpl') then 1
                else 0
            end
        ) as contractual_account_count
    from owned
    group by customer_id, month_start

)

select * from holdings
