{#- What a row of the marts could not take into account, because the bank does not map it. -#}
{% macro revenue__capability_flags(stream) -%}
{%- set missing = {
    'rates': ['icx_blended'],
    'interchange': [
        'icx_blended', 'no_fx', 'card_from_txn', 'no_transactions_interchange_amount',
        'no_transactions_original_transaction_id', 'no_transactions_mcc', 'no_transactions_merchant_country',
        'no_transactions_network', 'no_transactions_status'
    ],
    'fees': [
        'no_fee_schedule', 'no_fx', 'no_transactions_fee_code', 'no_transactions_fee_waived_flag',
        'no_transactions_original_transaction_id', 'no_transactions_status'
    ],
    'ledger': [
        'icx_blended', 'no_fee_schedule', 'no_fx', 'no_transactions_interchange_amount',
        'no_transactions_original_transaction_id', 'no_transactions_posted_date',
        'no_transactions_scheme_fee_amount', 'no_transactions_status'
    ],
    'months': [
        'icx_blended', 'no_fee_schedule', 'no_fx', 'no_balances_daily', 'no_accounts_product_code',
        'no_accounts_legal_entity_id', 'no_transactions_interchange_amount', 'no_transactions_status'
    ],
    'reconciliation': [
        'no_gl', 'no_fx', 'no_accounts_legal_entity_id', 'no_transactions_posted_date', 'no_transactions_status'
    ],
} -%}
{{ core.capability_flags(missing[stream]) }}
{%- endmacro %}

{#- The kinds of transactions that stand for themselves, and those that take another one back or restore it. -#}
{% macro revenue__original_kinds() -%}
('purchase', 'fee', 'interest_charged', 'interest_paid')
{%- endmacro %}

{% macro revenue__following_kinds() -%}
('refund', 'chargeback', 'representment', 'reversal', 'fee_reversal')
{%- endmacro %}

{#- Money out of the customer's account is the bank's income, money into it takes income back. -#}
{% macro revenue__sign(direction) -%}
case when {{ direction }} = 'D' then 1 else -1 end
{%- endmacro %}
