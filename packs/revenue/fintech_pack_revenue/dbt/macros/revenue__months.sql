{#- The first day of a date's month. -#}
{% macro revenue__month(date_expression) -%}
cast({{ dbt.date_trunc('month', date_expression) }} as date)
{%- endmacro %}

{#- How many of a month's amounts a year has: days of the year over days of the month. -#}
{% macro revenue__months_in_year(month) -%}
cast({{ dbt.datediff(dbt.date_trunc('year', month), dbt.dateadd('year', 1, dbt.date_trunc('year', month)), 'day') }} as double precision)
            / {{ dbt.datediff(month, dbt.dateadd('month', 1, month), 'day') }}
{%- endmacro %}

{#- The sum of ledger lines that fulfil a condition; NULL when there is none, since none is not the same as zero. -#}
{% macro revenue__lines_sum(condition, value='amount_base') -%}
cast(sum(case when {{ condition }} then {{ value }} end) as decimal(18, 4))
{%- endmacro %}

{#- Products whose balance is the bank's claim, and those whose balance is the customers' money. -#}
{% macro revenue__asset_products() -%}
('credit_card', 'personal_loan', 'auto_loan', 'mortgage', 'heloc', 'bnpl')
{%- endmacro %}

{% macro revenue__deposit_products() -%}
('checking', 'savings', 'term_deposit', 'prepaid')
{%- endmacro %}

{#- The figures of a month that are sums of ledger lines. -#}
{% macro revenue__month_figures() -%}
{{ return([
    'revenue_amount', 'interest_income', 'interest_expense', 'net_interest_income', 'interchange_income',
    'interchange_refund', 'scheme_fee', 'net_interchange', 'gross_fees', 'fee_waiver', 'fee_reversal', 'net_fees',
    'other_income', 'estimated_amount', 'memo_amount'
]) }}
{%- endmacro %}

{#- A ratio to six decimals; NULL without a divisor. -#}
{% macro revenue__ratio(numerator, divisor) -%}
{{ core.ratio(numerator, divisor, 6) }}
{%- endmacro %}
