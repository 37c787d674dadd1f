with

spend_group_sums as (

    select * from {{ ref('int_segmentation__spend_group_sums') }}

),

customer_months as (

    select
        customer_id,
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__customer_months') }}

),

{{ segmentation__windows_of('spend_group_sums', segmentation__spend_group_measures()) }}

select * from windows
