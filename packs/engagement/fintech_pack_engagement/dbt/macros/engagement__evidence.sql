{#- An expression that is NULL when the bank maps neither what kind a transaction is nor who it is with. -#}
{% macro engagement__when_salary_is_known(expression) -%}
{% if core.has('transactions', 'txn_type') or core.has('transactions', 'counterparty_account_hash') -%}
{{ expression }}
{%- else -%}
cast(null as integer)
{%- endif %}
{%- endmacro %}

{#- Points for money that stays. Nobody without a deposit account has any; a balance that is not known says nothing. -#}
{% macro engagement__balance_points() -%}
case
            when coalesce(holdings.deposit_account_count, 0) = 0 then 0
            when balances.average_balance is null then null
            when coalesce(recent_use.inflow_amount_base_30d, 0) > 0
                and balances.average_balance >= {{ var('balance_share') }} * recent_use.inflow_amount_base_30d then 10
            else 0
        end
{%- endmacro %}

{#- 1 when a salary only passes through. NULL without a salary. -#}
{% macro engagement__motel_flag() -%}
case
            when forwarding.salary_amount_base is null then null
            when forwarding.forwarded_amount_base
                >= {{ var('paycheck_motel_share') }} * forwarding.salary_amount_base then 1
            else 0
        end
{%- endmacro %}

{#- What the known evidence could earn at most. -#}
{% macro engagement__available_points() -%}
{% set evidence_points = {'salary': 35, 'bill': 25, 'spending': 20, 'balance': 10, 'digital': 10} -%}
{% for name, points in evidence_points.items() -%}
case when evidence.{{ name }}_points is null then 0 else {{ points }} end{% if not loop.last %}
        + {% endif %}
{%- endfor %}
{%- endmacro %}
