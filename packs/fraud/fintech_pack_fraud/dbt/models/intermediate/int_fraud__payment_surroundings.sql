{{ config(materialized='ephemeral') }}

{#- Each payment of the days to build with what is known of its account, country, device and payee, and of log-ins. -#}
with

payments as (

    select * from {{ ref('int_fraud__payments_compared') }}

),

accounts as (

    select
        account_id,
        product_type,
        opened_date
    from {{ ref('core', 'accounts') }}

),

customers as (

    select
        customer_id,
        residency_country
    from {{ ref('core', 'customers') }}

),

country_risk as (

    select
        iso2,
        effective_from,
        effective_to,
        bank_tier
    from {{ ref('core', 'country_risk') }}

),

devices as (

    select
        transaction_id,
        device_transaction_count_24h
    from {{ ref('int_fraud__device_windows') }}

),

payees as (

    select
        transaction_id,
        payee_transaction_count_24h
    from {{ ref('int_fraud__payee_windows') }}

),

balances_before as (

    select
        transaction_id,
        account_currency_amount,
        balance_before
    from {{ ref('int_fraud__balances_before') }}

),

login_periods as (

    select
        kind_of_sign,
        customer_id,
        begins_at,
        ends_at
    from {{ ref('int_fraud__login_periods') }}

),

surrounded as (

    select
        payments.*,
        accounts.product_type,
        accounts.opened_date,
        customers.residency_country,
        country_risk.bank_tier,
        devices.device_transaction_count_24h,
        payees.payee_transaction_count_24h,
        balances_before.account_currency_amount,
        balances_before.balance_before,
        device_periods.begins_at as new_device_login_at,
        credential_periods.begins_at as credential_changed_at
    from payments
    left join accounts
        on payments.account_id = accounts.account_id
    left join customers
        on payments.customer_id = customers.customer_id
    left join country_risk
        on payments.other_country = country_risk.iso2
        and payments.event_date_local >= country_risk.effective_from
        and (payments.event_date_local < country_risk.effective_to or country_risk.effective_to is null)
    left join devices
        on payments.transaction_id = devices.transaction_id
    left join payees
        on payments.transaction_id = payees.transaction_id
    left join balances_before
        on payments.transaction_id = balances_before.transaction_id
    {% for kind in ['device', 'credential'] -%}
    left join login_periods as {{ kind }}_periods
        on payments.customer_id = {{ kind }}_periods.customer_id
        and payments.event_ts >= {{ kind }}_periods.begins_at
        and payments.event_ts < {{ kind }}_periods.ends_at
        and {{ kind }}_periods.kind_of_sign = '{{ kind }}'
    {% endfor %}

)

select * from surrounded
