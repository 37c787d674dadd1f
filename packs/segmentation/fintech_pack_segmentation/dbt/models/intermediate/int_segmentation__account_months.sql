{# The accounts that are open at each snapshot, also those whose balance nobody knows: they make a sum unknown. #}
with

accounts as (

    select
        account_id,
        primary_customer_id as customer_id,
        product_type,
        currency,
        opened_date,
        closed_date
    from {{ ref('core', 'accounts') }}
    where
        coalesce(is_test, 0) = 0
        and coalesce(is_internal, 0) = 0
        and coalesce(status, 'open') <> 'pending'

),

snapshots as (

    select
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

account_months as (

    select
        accounts.account_id,
        snapshots.month_start,
        snapshots.snapshot_date,
        accounts.customer_id,
        accounts.currency,
        case
            when accounts.product_type in ('checking', 'savings', 'term_deposit', 'prepaid') then 'deposit'
            when accounts.product_type = 'credit_card' then 'card'
            when accounts.product_type <> 'investment' then 'loan'
        end as side
    from accounts
    inner join snapshots
        on coalesce(accounts.opened_date, snapshots.month_start) <= snapshots.snapshot_date
        and coalesce(accounts.closed_date, cast('9999-12-31' as date)) > snapshots.snapshot_date

)

select * from account_months
