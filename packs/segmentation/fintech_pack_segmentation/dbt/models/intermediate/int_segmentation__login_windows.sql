with

login_days as (

    select
        customer_id,
        event_date_local,
        count(*) as login_count
    from {{ ref('core', 'login_activity') }}
    where
        customer_id is not null
        and outcome = 'success'
        and coalesce(event_type, 'login') = 'login'
    group by customer_id, event_date_local

),

customer_months as (

    select
        customer_id,
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__customer_months') }}

),

{{ segmentation__windowed('login_days', {'login_count': {'90d': 90}}) }}

select * from windows
