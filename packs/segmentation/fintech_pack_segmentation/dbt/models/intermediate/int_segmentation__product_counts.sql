{# How many hold each kind of product, how many could be followed after taking it, and of how many customers. #}
with

holders as (

    select
        product_type,
        month_start,
        snapshot_date,
        is_held,
        cast({{ dbt.dateadd('day', var('acquisition_days') | int, 'first_opened_date') }} as date) as followed_until
    from {{ ref('int_segmentation__product_holders') }}

),

relationships as (

    select
        customer_id,
        month_start
    from {{ ref('int_segmentation__relationships') }}
    where is_closed = 0

),

counts_of_products as (

    select
        product_type,
        month_start,
        snapshot_date,
        sum(is_held) as holder_count,
        sum(case when followed_until <= snapshot_date then 1 else 0 end) as followed_count
    from holders
    group by product_type, month_start, snapshot_date

),

newest as (

    select max(month_start) as month_start
    from counts_of_products

),

customers as (

    select count(*) as customer_count
    from relationships
    inner join newest
        on relationships.month_start = newest.month_start

),

product_counts as (

    select
        counts_of_products.*,
        customers.customer_count
    from counts_of_products
    cross join customers

)

select * from product_counts
