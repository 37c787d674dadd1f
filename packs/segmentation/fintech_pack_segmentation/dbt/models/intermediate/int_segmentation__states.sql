{# Where each customer stands at each snapshot, by each way to part customers. #}
with

lifecycle as (

    select
        customer_id,
        month_start,
        stage,
        source_batch_id
    from {{ ref('segmentation__lifecycle') }}

),

rfm as (

    select
        customer_id,
        month_start,
        segment,
        source_batch_id
    from {{ ref('segmentation__rfm') }}

),

{# Of the newest model: a customer is in one cluster. #}
clusters as (

    select
        customer_id,
        month_start,
        cluster_name,
        source_batch_id
    from {{ ref('segmentation__cluster_assignment') }}
    where is_newest_model = 1

),

states as (

    select
        cast('lifecycle' as varchar(12)) as dimension,
        customer_id,
        month_start,
        cast(stage as varchar(40)) as state,
        source_batch_id
    from lifecycle

    union all

    select
        cast('rfm' as varchar(12)) as dimension,
        customer_id,
        month_start,
        cast(segment as varchar(40)) as state,
        source_batch_id
    from rfm

    union all

    select
        cast('cluster' as varchar(12)) as dimension,
        customer_id,
        month_start,
        cast(cluster_name as varchar(40)) as state,
        source_batch_id
    from clusters

)

select * from states
