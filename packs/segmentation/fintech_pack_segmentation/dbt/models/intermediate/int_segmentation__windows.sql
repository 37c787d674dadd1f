{{ config(materialized='table') }}

with

customer_days as (

    select * from {{ ref('int_segmentation__customer_days') }}

),

customer_months as (

    select
        customer_id,
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__customer_months') }}

),

{{ segmentation__windowed('customer_days', segmentation__day_measures()) }}

select * from windows
