{{ config(materialized='ephemeral') }}

{#- Each payment of the days to build beside what was usual for its customer, and what the customer used before. -#}
{%- set used_columns = {
    'merchant': 'merchant_id', 'payee': 'counterparty_account_hash', 'country': 'merchant_country', 'device': 'device_id'
} -%}
with

payments as (

    select
        transaction_id,
        account_id,
        customer_id,
        merchant_id,
        event_ts,
        event_date_local,
        event_hour_local,
        channel,
        txn_type,
        amount_base,
        mcc,
        merchant_country,
        card_present_flag,
        counterparty_account_hash,
        other_country,
        device_id,
        source_batch_id,
        {{ fraud__month('event_date_local') }} as payment_month
    from {{ ref('int_fraud__payments') }}

),

windows as (

    select * from {{ ref('int_fraud__payment_windows') }}

),

baselines as (

    select
        customer_id,
        as_of_month,
        payment_count,
        amount_log_median,
        amount_log_deviation,
        amount_log_high,
        usual_hours
    from {{ ref('int_fraud__customer_baselines') }}

),

first_uses as (

    select
        kind_of_use,
        customer_id,
        used_value,
        first_used_at
    from {{ ref('int_fraud__first_uses') }}

),

previous_payments as (

    select
        account_id,
        paid_before_at
    from {{ ref('int_fraud__previous_payments') }}

),

compared as (

    select
        windows.*,
        payments.account_id,
        payments.customer_id,
        payments.merchant_id,
        payments.event_ts,
        payments.event_date_local,
        payments.event_hour_local,
        payments.channel,
        payments.txn_type,
        payments.amount_base,
        payments.mcc,
        payments.merchant_country,
        payments.other_country,
        payments.card_present_flag,
        payments.source_batch_id,
        coalesce(windows.paid_before_at, previous_payments.paid_before_at) as previous_paid_at,
        baselines.payment_count as baseline_payment_count,
        baselines.amount_log_median,
        baselines.amount_log_deviation,
        baselines.amount_log_high,
        baselines.usual_hours,
        merchant_uses.first_used_at as merchant_used_at,
        payee_uses.first_used_at as payee_used_at,
        country_uses.first_used_at as country_used_at,
        device_uses.first_used_at as device_used_at
    from windows
    inner join payments
        on windows.transaction_id = payments.transaction_id
    left join previous_payments
        on payments.account_id = previous_payments.account_id
    left join baselines
        on payments.customer_id = baselines.customer_id
        and payments.payment_month = baselines.as_of_month
        and baselines.payment_count >= {{ var('baseline_minimum_count') }}
    {% for kind in used_columns -%}
    left join first_uses as {{ kind }}_uses
        on payments.customer_id = {{ kind }}_uses.customer_id
        and payments.{{ used_columns[kind] }} = {{ kind }}_uses.used_value
        and {{ kind }}_uses.kind_of_use = '{{ kind }}'
    {% endfor %}

)

select * from compared
