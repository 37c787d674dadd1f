{{ config(materialized='table') }}

{#- The log-ins and password resets that the windows of the days to build reach. -#}
with

logins as (

    select *
    from {{ ref('stg_fraud__logins') }}
    where event_date_local >= {{ fraud__first_login_day_to_read() }}

)

select * from logins
