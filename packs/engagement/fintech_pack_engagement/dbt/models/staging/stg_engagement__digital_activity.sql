{{ config(materialized='view') }}

{#- Log-ins, tried and successful, and digital events of real, known customers. One row per event. -#}
with

logins as (

    select
        customer_id,
        event_date_local,
        coalesce(channel, 'unknown') as channel,
        coalesce(outcome, 'success') as outcome,
        {# An aggregator signs in for the customer, by an interface or from a data centre. #}
        case when channel = 'api' or is_hosting_asn = 1 then 1 else 0 end as is_automated,
        session_seconds,
        source_batch_id
    from {{ ref('core', 'login_activity') }}
    where
        customer_id is not null
        and is_excluded = 0
        and coalesce(event_type, 'login') = 'login'
        and coalesce(outcome, 'success') in ('success', 'failure', 'blocked')

),

digital_events as (

    select
        customer_id,
        event_date_local,
        coalesce(channel, 'unknown') as channel,
        source_batch_id
    from {{ ref('core', 'digital_events') }}
    where customer_id is not null

),

test_customers as (

    select
        customer_id,
        is_test
    from {{ ref('core', 'customers') }}
    where is_test = 1

),

login_rows as (

    select
        customer_id,
        event_date_local,
        channel,
        1 - is_automated as is_attempt,
        case when outcome = 'success' then 1 - is_automated else 0 end as is_login,
        case when outcome = 'success' then is_automated else 0 end as is_automated_login,
        0 as is_event,
        case when outcome = 'success' and is_automated = 0 then session_seconds end as session_seconds,
        source_batch_id
    from logins

),

event_rows as (

    select
        digital_events.customer_id,
        digital_events.event_date_local,
        digital_events.channel,
        0 as is_attempt,
        0 as is_login,
        0 as is_automated_login,
        1 as is_event,
        cast(null as integer) as session_seconds,
        digital_events.source_batch_id
    from digital_events
    left join test_customers
        on digital_events.customer_id = test_customers.customer_id
    where coalesce(test_customers.is_test, 0) = 0

),

combined as (

    select * from login_rows
    union all
    select * from event_rows

)

select * from combined
