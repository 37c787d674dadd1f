{{ config(materialized='table') }}

{#- When each customer first logged in with success by a device, an address range, a network and from a country. -#}
{%- set used_columns = {'device': 'device_id', 'ip_prefix': 'ip_prefix', 'asn': 'asn', 'country': 'ip_country'} -%}
with

logins as (

    select
        customer_id,
        event_ts,
        event_date_local,
        is_success,
        device_id,
        ip_prefix,
        asn,
        ip_country
    from {{ ref('stg_fraud__logins') }}
    where customer_id is not null

),

customers_to_build as (

    select distinct customer_id
    from logins
    where event_date_local >= {{ fraud__first_day('login_activity') }}

),

their_successes as (

    select logins.*
    from logins
    inner join customers_to_build
        on logins.customer_id = customers_to_build.customer_id
    where logins.is_success = 1

),

first_logins as (

    {% for kind in used_columns -%}
    select
        '{{ kind }}' as kind_of_use,
        customer_id,
        {{ used_columns[kind] }} as used_value,
        min(event_ts) as first_used_at
    from their_successes
    where {{ used_columns[kind] }} is not null
    group by
        customer_id,
        {{ used_columns[kind] }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

)

select * from first_logins
