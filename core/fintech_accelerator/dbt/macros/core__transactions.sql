{#- The columns of transactions that a source brings; those that follow from others when they are NULL. -#}
{% macro core__transaction_columns(relation) -%}
{%- set followed = {
    'customer_id': core.core__acting_customer(relation),
    'customer_initiated_flag': core.core__customer_initiated_flag(relation),
    'is_cash': core.core__is_cash(relation),
} -%}
{%- for column in core.contract_table('transactions')['columns'] -%}
{%- if column['name'] in followed -%}
{{ followed[column['name']] }} as {{ column['name'] }}
{%- else -%}
{{ core.core__with_default(column, relation) }}
{%- endif -%}
{%- if not loop.last %},
        {% endif %}
{%- endfor -%}
{%- endmacro %}

{% macro core__acting_customer(relation) -%}
coalesce({{ relation }}.customer_id, {{ relation }}.primary_customer_id)
{%- endmacro %}

{#- What a customer sets off; what the bank, a payee or a schedule does to the account is not. NULL when nothing tells. -#}
{% macro core__customer_initiated_flag(relation) -%}
cast(coalesce({{ relation }}.customer_initiated_flag, case
            when {{ relation }}.channel in ('batch', 'system') then 0
            when {{ relation }}.txn_type in (
                'purchase', 'cash_deposit', 'cash_withdrawal', 'transfer_out', 'p2p_out', 'wire_out', 'check',
                'bill_payment', 'loan_payment'
            ) then 1
            when {{ relation }}.txn_type is not null then 0
            when {{ relation }}.channel is not null then 1
        end) as smallint)
{%- endmacro %}

{% macro core__is_cash(relation) -%}
cast(coalesce({{ relation }}.is_cash, case
            when {{ relation }}.txn_type in ('cash_deposit', 'cash_withdrawal') then 1
            when {{ relation }}.txn_type is not null then 0
        end) as smallint)
{%- endmacro %}

{% macro core__base_currency() -%}
'{{ var('base_currency') | replace("'", "''") }}'
{%- endmacro %}

{#- Names a rate by what was quoted, as EUR/USD 2026-05-29: the pair and its day are fx_rates' key. -#}
{% macro core__fx_rate_id() -%}
cast(from_currency || '/' || to_currency || ' ' || cast(rate_date as varchar(10)) as varchar(20))
{%- endmacro %}

{#- Whose holidays the bank keeps, as SQL: those of its own calendar, else those of its currency's system. -#}
{% macro core__bank_jurisdiction() -%}
{%- if core.core__is_mapped('calendar') -%}
(
    select coalesce(max(case when jurisdiction = {{ core.core__usual_jurisdiction() }} then jurisdiction end), min(jurisdiction))
    from {{ ref('core', 'calendar') }}
)
{%- else -%}
{{ core.core__usual_jurisdiction() }}
{%- endif -%}
{%- endmacro %}

{% macro core__usual_jurisdiction() -%}
'{{ {'USD': 'US', 'EUR': 'EU'}.get(var('base_currency'), 'WEEKEND') }}'
{%- endmacro %}
