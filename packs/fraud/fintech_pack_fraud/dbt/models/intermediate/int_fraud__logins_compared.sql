{{ config(materialized='ephemeral') }}

{#- Each log-in of the days to build beside its windows and what the customer had used before. -#}
{%- set used_columns = {'device': 'device_id', 'ip_prefix': 'ip_prefix', 'asn': 'asn', 'country': 'ip_country'} -%}
with

logins as (

    select *
    from {{ ref('int_fraud__logins') }}
    where
        event_type = 'login'
        and event_date_local >= {{ fraud__first_day('login_activity') }}

),

customer_windows as (

    select * from {{ ref('int_fraud__login_customer_windows') }}

),

source_windows as (

    select * from {{ ref('int_fraud__login_source_windows') }}

),

previous_logins as (

    select
        customer_id,
        succeeded_before_at
    from {{ ref('int_fraud__previous_logins') }}

),

first_logins as (

    select
        kind_of_use,
        customer_id,
        used_value,
        first_used_at
    from {{ ref('int_fraud__first_logins') }}

),

compared as (

    select
        logins.*,
        coalesce(customer_windows.succeeded_before_at, previous_logins.succeeded_before_at) as succeeded_before_at,
        customer_windows.failed_count_5m,
        customer_windows.failed_count_1h,
        customer_windows.failed_count_24h,
        customer_windows.failed_streak_count,
        customer_windows.success_count_24h,
        customer_windows.mfa_failed_count_1h,
        customer_windows.challenge_count_10m,
        customer_windows.password_reset_count_24h,
        customer_windows.distinct_ip_count_24h,
        customer_windows.distinct_device_count_7d,
        customer_windows.distinct_country_count_24h,
        source_windows.ip_distinct_user_count_1h,
        source_windows.ip_failed_ratio_1h,
        source_windows.device_distinct_user_count_30d,
        {# New is what no success came from before: failures do not make an attacker's device known. #}
        {% for kind in used_columns -%}
        {{ fraud__is_new(kind, used_columns[kind]) }} as is_new_{{ kind }}{% if not loop.last %},{% endif %}
        {% endfor -%}
    from logins
    left join customer_windows
        on logins.login_id = customer_windows.login_id
    left join source_windows
        on logins.login_id = source_windows.login_id
    left join previous_logins
        on logins.customer_id = previous_logins.customer_id
    {% for kind in used_columns -%}
    left join first_logins as first_{{ kind }}_logins
        on logins.customer_id = first_{{ kind }}_logins.customer_id
        and logins.{{ used_columns[kind] }} = first_{{ kind }}_logins.used_value
        and first_{{ kind }}_logins.kind_of_use = '{{ kind }}'
    {% endfor %}

)

select * from compared
