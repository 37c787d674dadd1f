{# What a customer holds at each snapshot, and when the relationship was last opened again. #}
{{ config(materialized='table') }}

with

held_accounts as (

    select
        account_id,
        customer_id,
        product_type,
        opened_date,
        coalesce(closed_date, cast('9999-12-31' as date)) as closed_or_never
    from {{ ref('int_segmentation__held_accounts') }}

),

snapshots as (

    select
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

{# An account opened when all earlier ones were closed opens the relationship again. #}
with_earlier as (

    select
        held_accounts.*,
        max(closed_or_never) over (
            partition by customer_id
            order by opened_date, account_id
            rows between unbounded preceding and 1 preceding
        ) as earlier_closed_date
    from held_accounts

),

holdings as (

    select
        with_earlier.customer_id,
        snapshots.month_start,
        count(distinct with_earlier.account_id) as known_account_count,
        count(
            distinct case when with_earlier.closed_or_never > snapshots.snapshot_date then with_earlier.account_id end
        ) as open_account_count,
        count(
            distinct case when with_earlier.closed_or_never > snapshots.snapshot_date then with_earlier.product_type end
        ) as product_type_count,
        max(with_earlier.opened_date) as last_opened_date,
        max(case when with_earlier.earlier_closed_date < with_earlier.opened_date then with_earlier.opened_date end)
            as reopened_date
    from with_earlier
    inner join snapshots
        on coalesce(with_earlier.opened_date, snapshots.month_start) <= snapshots.snapshot_date
    group by with_earlier.customer_id, snapshots.month_start

)

select * from holdings
