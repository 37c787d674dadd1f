{{ config(materialized='table') }}

with

defaults as (

    select
        recency_score,
        frequency_score,
        segment
    from {{ ref('segmentation__rfm_map_default') }}

),

final as (

    select
        cast(recency_score as smallint) as recency_score,
        cast(frequency_score as smallint) as frequency_score,
        cast(segment as varchar(20)) as segment,
        {{ core.capability_flags([]) }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(null as integer) as source_batch_id
    from defaults

)

select * from final
