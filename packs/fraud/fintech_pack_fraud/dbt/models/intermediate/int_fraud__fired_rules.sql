{{ config(materialized='ephemeral') }}

with

features as (

    select
        transaction_id,
        account_id,
        customer_id,
        event_ts,
        event_date_local,
        product_type,
        channel,
        txn_type,
        mcc,
        amount_base,
        account_transaction_count_1h,
        account_amount_sum_24h,
        declined_count_1h,
        card_transaction_count_24h,
        card_small_count_1h,
        amount_robust_z,
        amount_to_median,
        amount_usual_high,
        seconds_since_previous,
        is_first_payee,
        is_first_country,
        payee_age_hours,
        unusual_hour_flag,
        card_testing_pattern,
        is_card_not_present,
        is_cross_border,
        country_tier,
        dormant_wakeup_flag,
        balance_drain_ratio,
        hours_since_new_device_login,
        hours_since_credential_change,
        capability_flags,
        source_batch_id
    from {{ ref('fraud__transaction_features') }}
    where event_date_local >= {{ fraud__first_day(fraud__payment_tables()) }}

),

repeated_payments as (

    select
        transaction_id,
        seconds_since_same
    from {{ ref('int_fraud__repeated_payments') }}

),

cash_like_codes as (

    select mcc
    from {{ ref('core', 'mcc_codes') }}
    where cash_like_flag = 1

),

facts as (

    select
        features.*,
        repeated_payments.seconds_since_same,
        case when cash_like_codes.mcc is not null then 1 else 0 end as is_cash_like
    from features
    left join repeated_payments
        on features.transaction_id = repeated_payments.transaction_id
    left join cash_like_codes
        on features.mcc = cash_like_codes.mcc

),

{% set rules = fraud__rules() -%}
suspicious as (

    select *
    from facts
    where
        1 = 0
        {% for rule in rules -%}
        or ({{ rules[rule]['fires'] }})
        {% endfor %}

),

fired as (

    {% for rule in rules -%}
    select
        '{{ rule }}' as rule_id,
        {{ fraud__evidence(rules[rule]['evidence']) }} as evidence,
        suspicious.*
    from suspicious
    where {{ rules[rule]['fires'] }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

)

select * from fired
