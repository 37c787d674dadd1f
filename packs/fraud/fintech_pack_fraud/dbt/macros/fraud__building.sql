{#-
    The first day that this run builds, as SQL. What a payment's row says of the first use of a merchant, or of the
    time since the payment before, a change in the past alters at any later time: so every day from the first
    touched one on is built again.
-#}
{% macro fraud__first_day(table_names) -%}
(
    select min(days_touched.event_date_local)
    from ({{ core.touched_days(table_names, reach_days=0, reach_back_days=0) }}) as days_touched
)
{%- endmacro %}

{#- The tables of which a new row changes what payments' features say. -#}
{% macro fraud__payment_tables() -%}
{{ return(['transactions', 'fraud_labels', 'login_activity', 'balances_daily']) }}
{%- endmacro %}

{#- An expression when the bank maps the column it needs, else NULL: what is unknown is never a zero. -#}
{% macro fraud__when_mapped(table_name, column_name, expression, data_type) -%}
{% if core.has(table_name, column_name) %}{{ expression }}{% else %}cast(null as {{ data_type }}){% endif %}
{%- endmacro %}

{#- The technical columns that every mart ends with, without the batch. -#}
{% macro fraud__capability_flags() -%}
{{ core.capability_flags([
    'no_labels', 'no_transactions_channel', 'no_transactions_card_token', 'no_transactions_card_present_flag',
    'no_transactions_counterparty_account_hash', 'no_transactions_device_id', 'no_transactions_mcc',
    'no_transactions_merchant_country', 'no_transactions_merchant_id', 'no_transactions_original_transaction_id',
    'no_customers_residency_country', 'no_accounts_opened_date', 'no_balances_daily', 'no_login',
    'no_login_activity_device_id', 'no_login_activity_event_type', 'no_login_activity_outcome',
    'no_fraud_labels_recovered_amount_base', 'no_fraud_labels_liability_shifted_amount_base'
]) }}
{%- endmacro %}

{#- The first day that the windows of payments read, as SQL: 30 days before, after the delay of the labels. -#}
{% macro fraud__first_day_to_read() -%}
{{ core.add_days(fraud__first_day(fraud__payment_tables()), -31 - (var('label_delay_days') | int)) }}
{%- endmacro %}

{#- The same for log-ins. -#}
{% macro fraud__first_login_day_to_read() -%}
{{ core.add_days(fraud__first_day('login_activity'), -31) }}
{%- endmacro %}

{#- What log-ins may lack, as the mart's last columns say it. -#}
{% macro fraud__login_capability_flags() -%}
{{ core.capability_flags([
    'no_login', 'no_login_activity_username_hash', 'no_login_activity_device_id', 'no_login_activity_ip_prefix',
    'no_login_activity_asn', 'no_login_activity_ip_country', 'no_login_activity_user_agent_hash',
    'no_login_activity_is_vpn_proxy', 'no_login_activity_is_hosting_asn', 'no_login_activity_mfa_result',
    'no_login_activity_failure_reason', 'no_login_activity_outcome'
]) }}
{%- endmacro %}

{#- What labels may lack. -#}
{% macro fraud__label_capability_flags() -%}
{{ core.capability_flags([
    'no_labels', 'no_fraud_labels_fraud_type', 'no_fraud_labels_label_source', 'no_fraud_labels_loss_amount_base',
    'no_fraud_labels_recovered_amount_base', 'no_fraud_labels_liability_shifted_amount_base'
]) }}
{%- endmacro %}
