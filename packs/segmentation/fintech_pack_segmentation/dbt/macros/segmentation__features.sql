{#- The features of activity: how recent, how often, by which ways. -#}
{% macro segmentation__activity_columns() -%}
relationships.recency_days,
        cast(windows.transaction_count_30d as integer) as transaction_count_30d,
        cast(windows.transaction_count_90d as integer) as transaction_count_90d,
        cast(windows.transaction_count_365d as integer) as transaction_count_365d,
        cast(activity_months.active_months_12 as integer) as active_months_12,
        {{ segmentation__when_mapped(
            'login_activity', none, 'cast(login_windows.login_count_90d as integer)', 'integer'
        ) }} as login_count_90d,
        {{ segmentation__when_mapped(
            'transactions', 'channel',
            segmentation__share('windows.digital_count_90d', 'windows.transaction_count_90d'), 'decimal(18, 6)'
        ) }} as digital_transaction_share_90d,
        {% if core.has('login_activity') -%}
        {{ segmentation__when_mapped(
            'transactions', 'channel',
            segmentation__share(
                '(windows.digital_count_90d + login_windows.login_count_90d)',
                '(windows.transaction_count_90d + login_windows.login_count_90d)'
            ), 'decimal(18, 6)'
        ) }}
        {%- else -%}
        cast(null as decimal(18, 6))
        {%- endif %} as digital_share_90d,
        {{ segmentation__when_mapped(
            'transactions', 'txn_type',
            segmentation__share('windows.cash_count_90d', 'windows.transaction_count_90d'), 'decimal(18, 6)'
        ) }} as cash_share_90d,
        {{ segmentation__when_mapped(
            'transactions', 'merchant_country',
            segmentation__share('windows.cross_border_count_90d', 'windows.known_country_count_90d'), 'decimal(18, 6)'
        ) }} as cross_border_share_90d,
        {{ segmentation__share('windows.weekend_count_90d', 'windows.transaction_count_90d') }} as weekend_share_90d
{%- endmacro %}

{#- The features of money that moves. -#}
{% macro segmentation__money_columns() -%}
{{ segmentation__money('windows.spend_amount_30d') }} as spend_amount_30d,
        {{ segmentation__money('windows.spend_amount_90d') }} as spend_amount_90d,
        {{ segmentation__money('windows.spend_amount_365d') }} as spend_amount_365d,
        {{ segmentation__money('windows.inflow_amount_30d') }} as inflow_amount_30d,
        {{ segmentation__money('windows.inflow_amount_90d') }} as inflow_amount_90d,
        {{ segmentation__money('windows.outflow_amount_90d') }} as outflow_amount_90d,
        {{ segmentation__when_mapped(
            'transactions', 'txn_type', segmentation__money('windows.payroll_inflow_amount_90d'), 'decimal(18, 2)'
        ) }} as payroll_inflow_amount_90d,
        cast(
            case
                when windows.inflow_amount_90d >= {{ var('minimum_inflow') }}
                    then 1 - {{ segmentation__share('windows.outflow_amount_90d', 'windows.inflow_amount_90d') }}
            end as decimal(18, 6)
        ) as savings_rate_90d,
        activity_months.spend_volatility,
        {{ segmentation__spend_shares() }},
        cast(windows.unconverted_count_365d as integer) as unconverted_count_365d,
        {{ segmentation__money('income_windows.fee_amount_365d') }} as fee_income_365d,
        {{ segmentation__money('income_windows.interest_amount_365d') }} as interest_income_365d
{%- endmacro %}

{#- The features of what the customer holds and for how long. -#}
{% macro segmentation__holding_columns() -%}
{% if core.has('balances_daily') -%}
{{ segmentation__money('case when balances.customer_id is null then 0 else balances.average_deposit_balance_90d end') }}
            as average_deposit_balance_90d,
        {{ segmentation__money('case when balances.customer_id is null then 0 else balances.total_loan_balance end') }}
            as total_loan_balance,
        {{ segmentation__when_mapped(
            'accounts', 'credit_limit',
            segmentation__share('balances.card_balance', 'balances.card_credit_limit'), 'decimal(18, 6)'
        ) }} as credit_utilization,
        {%- else -%}
cast(null as decimal(18, 2)) as average_deposit_balance_90d,
        cast(null as decimal(18, 2)) as total_loan_balance,
        cast(null as decimal(18, 6)) as credit_utilization,
        {%- endif %}
        cast(relationships.open_account_count as integer) as open_account_count,
        cast(relationships.product_type_count as integer) as product_type_count,
        credit_scores.score_model as credit_score_model,
        credit_scores.score_value as credit_score_latest,
        credit_scores.score_age_days as credit_score_age_days,
        {{ core.months_between('relationships.onboarded_date', 'relationships.snapshot_date') }} as tenure_months,
        relationships.tenure_days,
        {{ segmentation__days_to('relationships.observed_since', 'relationships.snapshot_date') }} + 1 as observed_days
{%- endmacro %}

{#- Shares of the spending whose merchant's category is known. A group that gave back more than it took has a share of zero. -#}
{% macro segmentation__spend_shares() -%}
{%- set parts = [] -%}
{%- for name in segmentation__spend_groups() -%}
{%- do parts.append('greatest(spend_group_windows.' ~ name ~ '_amount_365d, 0)') -%}
{%- endfor -%}
{%- do parts.append('greatest(spend_group_windows.remaining_amount_365d, 0)') -%}
{%- set whole = '(' ~ parts | join(' + ') ~ ')' -%}
{%- for name in segmentation__spend_groups() -%}
{{ segmentation__when_mapped(
            'transactions', 'mcc',
            segmentation__share('greatest(spend_group_windows.' ~ name ~ '_amount_365d, 0)', whole), 'decimal(18, 6)'
        ) }} as {{ name }}_share_365d,
        {% endfor -%}
{{ segmentation__when_mapped(
            'transactions', 'mcc',
            segmentation__share('greatest(spend_group_windows.remaining_amount_365d, 0)', whole), 'decimal(18, 6)'
        ) }} as other_spend_share_365d
{%- endmacro %}
