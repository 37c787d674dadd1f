with

login_sums as (

    select * from {{ ref('int_segmentation__login_sums') }}

),

customer_months as (

    select
        customer_id,
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__customer_months') }}

),

{{ segmentation__windows_of('login_sums', segmentation__login_measures()) }}

select * from windows
