{# Which kinds of product a customer has had by the newest snapshot, since when, and whether still. #}
{{ config(materialized='table') }}

with

newest as (

    select
        max(month_start) as month_start,
        max(snapshot_date) as snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

relationships as (

    select
        customer_id,
        month_start,
        is_closed
    from {{ ref('int_segmentation__relationships') }}

),

held_accounts as (

    select
        customer_id,
        product_type,
        opened_date,
        coalesce(closed_date, cast('9999-12-31' as date)) as closed_or_never
    from {{ ref('int_segmentation__held_accounts') }}

),

holders as (

    select
        held_accounts.customer_id,
        held_accounts.product_type,
        newest.month_start,
        newest.snapshot_date,
        {# One account whose day is not known, and nobody can tell when the first was opened. #}
        case
            when count(*) = count(held_accounts.opened_date) then min(held_accounts.opened_date)
        end as first_opened_date,
        max(
            case
                when relationships.is_closed = 0 and held_accounts.closed_or_never > newest.snapshot_date then 1
                else 0
            end
        ) as is_held
    from held_accounts
    cross join newest
    inner join relationships
        on held_accounts.customer_id = relationships.customer_id
        and newest.month_start = relationships.month_start
    where coalesce(held_accounts.opened_date, newest.snapshot_date) <= newest.snapshot_date
    group by held_accounts.customer_id, held_accounts.product_type, newest.month_start, newest.snapshot_date

)

select * from holders
