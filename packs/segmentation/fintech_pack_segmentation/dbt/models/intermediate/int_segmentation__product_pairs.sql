{# What customers who ever had two kinds of product say about the second following the first. #}
{{ config(materialized='table') }}

with

holders as (

    select
        customer_id,
        product_type,
        snapshot_date,
        is_held,
        first_opened_date,
        cast({{ dbt.dateadd('day', var('acquisition_days') | int, 'first_opened_date') }} as date) as followed_until
    from {{ ref('int_segmentation__product_holders') }}

),

{# Of those who ever had both: who holds both, who had the second before it could follow, who took it in time. #}
pairs as (

    select
        first_products.product_type as product_a,
        second_products.product_type as product_b,
        sum(first_products.is_held * second_products.is_held) as pair_count,
        sum(
            case
                when first_products.followed_until > first_products.snapshot_date then 0
                when second_products.first_opened_date > first_products.first_opened_date then 0
                when first_products.followed_until is null then 0
                else 1
            end
        ) as had_before_count,
        sum(
            case
                when
                    first_products.followed_until <= first_products.snapshot_date
                    and second_products.first_opened_date > first_products.first_opened_date
                    and second_products.first_opened_date <= first_products.followed_until then 1
                else 0
            end
        ) as acquired_count
    from holders as first_products
    inner join holders as second_products
        on first_products.customer_id = second_products.customer_id
        and first_products.product_type <> second_products.product_type
    group by first_products.product_type, second_products.product_type

)

select * from pairs
