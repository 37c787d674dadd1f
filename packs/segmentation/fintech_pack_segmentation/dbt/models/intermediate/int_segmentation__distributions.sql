{# How customers spread over the segments, and over the tenths of each feature, at each snapshot. #}
with

states as (

    select
        dimension,
        month_start,
        state
    from {{ ref('int_segmentation__states') }}

),

tenths as (

    select
        month_start,
        feature,
        tenth,
        customer_count
    from {{ ref('int_segmentation__feature_tenths') }}

),

distributions as (

    select
        cast('segments' as varchar(12)) as kind,
        cast(dimension as varchar(40)) as measured,
        month_start,
        state as category,
        count(*) as customer_count
    from states
    group by dimension, month_start, state

    union all

    select
        cast('feature' as varchar(12)) as kind,
        feature as measured,
        month_start,
        cast(tenth as varchar(40)) as category,
        customer_count
    from tenths

)

select * from distributions
