{#- What activity may lack, as the marts' last columns say it. -#}
{% macro engagement__activity_flags() -%}
{{ core.capability_flags(engagement__activity_needs()) }}
{%- endmacro %}

{#- What counts of users may lack beside. -#}
{% macro engagement__user_flags() -%}
{{ core.capability_flags(engagement__activity_needs() + [
    'no_customers_onboarded_date', 'no_customers_party_type', 'no_login_activity_session_seconds'
]) }}
{%- endmacro %}

{#- What a customer's months may lack beside. -#}
{% macro engagement__month_flags() -%}
{{ core.capability_flags(engagement__activity_needs() + [
    'no_customers_onboarded_date', 'no_accounts_opened_date', 'no_accounts_closed_date', 'no_joint'
]) }}
{%- endmacro %}

{#- What the evidence of a primary relationship may lack. -#}
{% macro engagement__primary_bank_flags() -%}
{{ core.capability_flags([
    'no_login', 'no_login_activity_outcome', 'no_balances_daily', 'no_transactions_counterparty_account_hash',
    'no_transactions_txn_type', 'no_transactions_channel'
]) }}
{%- endmacro %}

{% macro engagement__activity_needs() -%}
{{ return([
    'no_login', 'no_digital_events', 'no_login_activity_outcome', 'no_login_activity_is_hosting_asn',
    'no_transactions_channel', 'no_transactions_txn_type', 'no_transactions_status',
    'no_transactions_original_transaction_id'
]) }}
{%- endmacro %}
