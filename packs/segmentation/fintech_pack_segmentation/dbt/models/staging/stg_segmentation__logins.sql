{# Log-ins that succeeded, each with a count of one. #}
with

logins as (

    select
        customer_id,
        event_date_local,
        1 as login_count
    from {{ ref('core', 'login_activity') }}
    where
        customer_id is not null
        and outcome = 'success'
        and coalesce(event_type, 'login') = 'login'

)

select * from logins
