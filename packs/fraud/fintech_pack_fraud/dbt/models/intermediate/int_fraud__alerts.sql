{{ config(materialized='ephemeral') }}

{#- Payments on which rules fired, and whether a day's analysts get to them: those of most points come first. -#}
with

hits as (

    select
        transaction_id,
        event_date_local,
        status,
        points
    from {{ ref('fraud__transaction_rule_hits') }}

),

alerts as (

    select
        transaction_id,
        event_date_local,
        sum(case when status = 'active' then 1 else 0 end) as active_hit_count,
        sum(case when status = 'shadow' then 1 else 0 end) as shadow_hit_count,
        sum(case when status = 'active' then points else 0 end) as active_points
    from hits
    group by
        transaction_id,
        event_date_local

),

ranked as (

    select
        alerts.*,
        row_number() over (
            partition by event_date_local
            order by active_points desc, active_hit_count desc, transaction_id asc
        ) as place
    from alerts

),

final as (

    select
        transaction_id,
        active_hit_count,
        shadow_hit_count,
        case when active_hit_count > 0 and place <= {{ var('alert_capacity') }} then 1 else 0 end as is_within_capacity
    from ranked

)

select * from final
