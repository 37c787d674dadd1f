{# What the bank earns of a customer's spend, over all living customers and a year; NULL without the revenue pack. #}
with

relationships as (

    select
        customer_id,
        month_start
    from {{ ref('int_segmentation__relationships') }}
    where is_closed = 0

),

newest as (

    select max(month_start) as month_start
    from {{ ref('int_segmentation__snapshots') }}

),

windows as (

    select
        customer_id,
        month_start,
        spend_amount_365d
    from {{ ref('int_segmentation__windows') }}

),

income_windows as (

    select
        customer_id,
        month_start,
        has_income,
        fee_amount_365d + interest_amount_365d as income_amount_365d
    from {{ ref('int_segmentation__income_windows') }}

),

income_rate as (

    select
        max(income_windows.has_income) as has_income,
        case
            when sum(windows.spend_amount_365d) > 0
                then {{ core.ratio('sum(income_windows.income_amount_365d)', 'sum(windows.spend_amount_365d)', 6) }}
        end as income_rate
    from relationships
    inner join newest
        on relationships.month_start = newest.month_start
    inner join windows
        on relationships.customer_id = windows.customer_id
        and relationships.month_start = windows.month_start
    inner join income_windows
        on relationships.customer_id = income_windows.customer_id
        and relationships.month_start = income_windows.month_start

)

select * from income_rate
