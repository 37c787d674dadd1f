{# Who holds which account from when to when: the primary holder, and joint holders when the bank says so. #}
with

accounts as (

    select
        account_id,
        primary_customer_id,
        product_type,
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

held_accounts as (

    select
        account_id,
        primary_customer_id as customer_id,
        product_type,
        opened_date,
        closed_date
    from accounts

    union all

    select
        accounts.account_id,
        account_holders.customer_id,
        accounts.product_type,
        coalesce(account_holders.valid_from, accounts.opened_date) as opened_date,
        {# Held through the last day of the role; an account is no longer held on the day it closes. #}
        least(
            coalesce({{ core.add_days('account_holders.valid_to', 1) }}, accounts.closed_date),
            coalesce(accounts.closed_date, {{ core.add_days('account_holders.valid_to', 1) }})
        ) as closed_date
    from account_holders
    inner join accounts
        on account_holders.account_id = accounts.account_id
        and account_holders.customer_id <> accounts.primary_customer_id

)

select * from held_accounts
