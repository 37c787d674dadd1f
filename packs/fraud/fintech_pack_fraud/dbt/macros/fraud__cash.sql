{#- What cash reports may lack, as the marts' last columns say it. -#}
{% macro fraud__cash_capability_flags() -%}
{{ core.capability_flags([
    'no_joint', 'no_transactions_branch_id', 'no_transactions_conductor_customer_id',
    'no_transactions_original_transaction_id', 'no_customers_ctr_exempt_flag', 'no_customers_expected_cash_flag'
]) }}
{%- endmacro %}

{#- Whose holidays the core rolls business days by: of the base currency if the calendar has them, as SQL. -#}
{% macro fraud__bank_jurisdiction() -%}
(
    select
        coalesce(
            max(
                case
                    when
                        jurisdiction = case {{ core.base_currency() }}
                            when 'USD' then 'US' when 'EUR' then 'EU' else 'WEEKEND'
                        end
                        then jurisdiction
                end
            ),
            min(jurisdiction)
        )
    from {{ ref('core', 'calendar') }}
)
{%- endmacro %}
