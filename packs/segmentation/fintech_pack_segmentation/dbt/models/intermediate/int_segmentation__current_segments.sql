{# The RFM segment and the cluster of each customer at the newest snapshot. #}
with

newest as (

    select max(month_start) as month_start
    from {{ ref('int_segmentation__snapshots') }}

),

rfm as (

    select
        customer_id,
        month_start,
        rfm_code,
        segment
    from {{ ref('segmentation__rfm') }}

),

clusters as (

    select
        customer_id,
        month_start,
        cluster_name
    from {{ ref('segmentation__cluster_assignment') }}
    where is_newest_model = 1

),

current_segments as (

    select
        clusters.customer_id,
        rfm.rfm_code,
        rfm.segment as rfm_segment,
        clusters.cluster_name
    from clusters
    inner join newest
        on clusters.month_start = newest.month_start
    left join rfm
        on clusters.customer_id = rfm.customer_id
        and clusters.month_start = rfm.month_start

)

select * from current_segments
