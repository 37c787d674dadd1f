{# Each product that a customer may be offered and does not hold, with what best speaks for it: the product held that it
   most often follows, else how many hold it at all. #}
{{ config(materialized='table') }}

with

customers as (

    select
        customer_id,
        may_borrow,
        source_batch_id
    from {{ ref('int_segmentation__offer_customers') }}

),

holders as (

    select
        customer_id,
        product_type
    from {{ ref('int_segmentation__product_holders') }}
    where is_held = 1

),

affinity as (

    select
        product_a,
        product_b,
        month_start,
        snapshot_date,
        customer_count,
        holder_count_b,
        temporal_confidence,
        is_reliable
    from {{ ref('segmentation__product_affinity') }}

),

products as (

    select distinct
        product_b as product_type,
        month_start,
        snapshot_date,
        {{ core.ratio('holder_count_b', 'customer_count', 6) }} as holder_share
    from affinity

),

candidates as (

    select
        customers.customer_id,
        customers.source_batch_id,
        products.product_type,
        products.month_start,
        products.snapshot_date,
        products.holder_share
    from customers
    cross join products
    left join holders
        on customers.customer_id = holders.customer_id
        and products.product_type = holders.product_type
    where
        holders.customer_id is null
        and (customers.may_borrow = 1 or products.product_type not in {{ segmentation__credit_products() }})

),

reasons as (

    select
        holders.customer_id,
        affinity.product_b as product_type,
        affinity.product_a as because_of_product,
        affinity.temporal_confidence,
        row_number() over (
            partition by holders.customer_id, affinity.product_b
            order by affinity.temporal_confidence desc, affinity.product_a asc
        ) as reason_rank
    from holders
    inner join affinity
        on holders.product_type = affinity.product_a
    where
        affinity.is_reliable = 1
        and affinity.temporal_confidence > 0

),

offers as (

    select
        candidates.*,
        reasons.because_of_product,
        reasons.temporal_confidence
    from candidates
    left join reasons
        on candidates.customer_id = reasons.customer_id
        and candidates.product_type = reasons.product_type
        and reasons.reason_rank = 1

)

select * from offers
