with

day_sums as (

    select * from {{ ref('int_segmentation__day_sums') }}

),

customer_months as (

    select
        customer_id,
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__customer_months') }}

),

{{ segmentation__windows_of('day_sums', segmentation__day_measures()) }}

select * from windows
