{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    meta={
        'event_table': ['transactions', 'fraud_labels', 'login_activity', 'balances_daily'],
        'reach_days': 36500,
        'time_column': 'event_ts'
    }
) }}

with

payments as (

    select * from {{ ref('int_fraud__payment_surroundings') }}

),

features as (

    select
        transaction_id,
        account_id,
        customer_id,
        event_ts,
        event_date_local,
        cast(product_type as varchar(24)) as product_type,
        cast(channel as varchar(12)) as channel,
        cast(txn_type as varchar(24)) as txn_type,
        cast(merchant_id as varchar(64)) as merchant_id,
        cast(mcc as varchar(4)) as mcc,
        amount_base,
        account_transaction_count_1h,
        account_transaction_count_24h,
        account_transaction_count_7d,
        account_amount_sum_1h,
        account_amount_sum_24h,
        account_amount_sum_7d,
        declined_count_1h,
        card_transaction_count_1h,
        card_transaction_count_24h,
        card_small_count_1h,
        cast(device_transaction_count_24h as integer) as device_transaction_count_24h,
        cast(payee_transaction_count_24h as integer) as payee_transaction_count_24h,
        {{ fraud__when_mapped('transactions', 'merchant_id', 'distinct_merchant_count_24h', 'integer') }}
            as distinct_merchant_count_24h,
        {{ fraud__when_mapped('transactions', 'merchant_country', 'distinct_country_count_24h', 'integer') }}
            as distinct_country_count_24h,
        {{ fraud__when_mapped('transactions', 'mcc', 'distinct_mcc_count_1h', 'integer') }} as distinct_mcc_count_1h,
        {{ fraud__prior_features() }},
        customer_transaction_count_1d,
        customer_transaction_count_7d,
        customer_transaction_count_30d,
        customer_amount_sum_1d,
        customer_amount_sum_7d,
        customer_amount_sum_30d,
        {{ fraud__ratio('customer_amount_sum_1d', 'customer_transaction_count_1d') }} as customer_amount_mean_1d,
        {{ fraud__ratio('customer_amount_sum_7d', 'customer_transaction_count_7d') }} as customer_amount_mean_7d,
        {{ fraud__ratio('customer_amount_sum_30d', 'customer_transaction_count_30d') }} as customer_amount_mean_30d,
        {{ fraud__merchant_features() }},
        cast({{ dbt.datediff('previous_paid_at', 'event_ts', 'second') }} as bigint) as seconds_since_previous,
        {{ fraud__robust_z() }} as amount_robust_z,
        {{ fraud__ratio('amount_base', 'exp(amount_log_median) - 1') }} as amount_to_median,
        cast(exp(amount_log_high) - 1 as decimal(18, 2)) as amount_usual_high,
        cast(baseline_payment_count as integer) as baseline_payment_count,
        {{ fraud__is_first('merchant') }} as is_first_merchant,
        {{ fraud__is_first('payee') }} as is_first_payee,
        {{ fraud__is_first('country') }} as is_first_country,
        {{ fraud__is_first('device') }} as is_first_device,
        {{ fraud__time_since('payee_used_at', 3600) }} as payee_age_hours,
        cast(case when event_hour_local <= 6 then 1 else 0 end as smallint) as is_night,
        cast(case when extract(dow from event_date_local) in (0, 6) then 1 else 0 end as smallint) as is_weekend,
        cast(case substring(usual_hours, event_hour_local + 1, 1) when '1' then 0 when '0' then 1 end as smallint)
            as unusual_hour_flag,
        {{ fraud__card_testing_pattern() }} as card_testing_pattern,
        {{ fraud__is_card_not_present() }} as is_card_not_present,
        {{ fraud__flag('merchant_country <> residency_country', 'merchant_country || residency_country') }}
            as is_cross_border,
        cast(bank_tier as smallint) as country_tier,
        {{ fraud__flag('amount_base >= 100 and mod(amount_base, 100) = 0', 'amount_base') }} as round_amount_flag,
        {{ fraud__dormant_wakeup_flag() }} as dormant_wakeup_flag,
        cast({{ dbt.datediff('opened_date', 'event_date_local', 'day') }} as integer) as account_age_days,
        {{ fraud__balance_drain_ratio() }} as balance_drain_ratio,
        {{ fraud__time_since('new_device_login_at', 3600) }} as hours_since_new_device_login,
        {{ fraud__time_since('credential_changed_at', 3600) }} as hours_since_credential_change,
        {{ fraud__capability_flags() }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        source_batch_id
    from payments

)

select * from features
