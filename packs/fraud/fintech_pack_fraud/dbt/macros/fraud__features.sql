{#- A quotient with six digits; NULL when there is nothing to divide by. -#}
{% macro fraud__ratio(part, whole) -%}
{{ core.ratio(part, whole, 6) }}
{%- endmacro %}

{#- The time from an earlier moment to the event, in units of so many seconds. -#}
{% macro fraud__time_since(moment, unit_seconds) -%}
{{ core.ratio(dbt.datediff(moment, 'event_ts', 'second'), unit_seconds, 4) }}
{%- endmacro %}

{#- 1 for a use at the very first time. Unknown is NULL. -#}
{% macro fraud__is_first(kind) -%}
cast(case when {{ kind }}_used_at < event_ts then 0 when {{ kind }}_used_at is not null then 1 end as smallint)
{%- endmacro %}

{#- 1 for a log-in by what no success of the customer came from before. Unknown is NULL. -#}
{% macro fraud__is_new(kind, used_column) -%}
cast(
            case
                when logins.customer_id is null or logins.{{ used_column }} is null then null
                when first_{{ kind }}_logins.first_used_at < logins.event_ts then 0
                else 1
            end
            as smallint
        )
{%- endmacro %}

{#- How far the amount's logarithm lies from the customer's median, in robust standard deviations. -#}
{% macro fraud__robust_z() -%}
{{ core.ratio(
            '(ln(1 + cast(amount_base as double precision)) - amount_log_median)',
            '(1.4826 * greatest(amount_log_deviation, ' ~ var('deviation_floor') ~ '))', 6
        ) }}
{%- endmacro %}

{#- Several tiny payments of a card within the hour, then a large one. -#}
{% macro fraud__card_testing_pattern() -%}
cast(
            case
                when card_small_count_1h is null or amount_base is null then null
                when
                    card_small_count_1h >= {{ var('card_test_count') }}
                    and amount_base >= {{ var('card_test_multiple') }} * greatest(
                        coalesce(exp(amount_log_median) - 1, 0), {{ var('card_test_amount') }}
                    )
                    then 1
                else 0
            end
            as smallint
        )
{%- endmacro %}

{% macro fraud__is_card_not_present() -%}
cast(
            case
                when card_present_flag = 0 or channel = 'ecom' then 1
                when card_present_flag = 1 or channel is not null then 0
            end
            as smallint
        )
{%- endmacro %}

{#- A payment after a long silence. Before an account's first payment nothing is known. -#}
{% macro fraud__dormant_wakeup_flag() -%}
cast(
            case
                when previous_paid_at is null then null
                when previous_paid_at <= {{ dbt.dateadd('day', -1 * (var('dormant_days') | int), 'event_ts') }} then 1
                else 0
            end
            as smallint
        )
{%- endmacro %}

{#- Counts, sums and means of the merchant's windows, and its risk in windows that end before labels are due. -#}
{% macro fraud__merchant_features() -%}
{%- for window in ['1d', '7d', '30d'] -%}
case when merchant_id is not null then merchant_transaction_count_{{ window }} end as merchant_transaction_count_{{ window }},
        case when merchant_id is not null then merchant_amount_sum_{{ window }} end as merchant_amount_sum_{{ window }},
        case
            when merchant_id is not null
                then {{ fraud__ratio('merchant_amount_sum_' ~ window, 'merchant_transaction_count_' ~ window) }}
        end as merchant_amount_mean_{{ window }},
        case
            when merchant_id is not null then merchant_transaction_count_delay_{{ window }} - merchant_transaction_count_{{ fraud__delay_window() }}
        end as merchant_delayed_transaction_count_{{ window }},
        {{ fraud__merchant_risk(window) }} as merchant_risk_{{ window }},
        {% endfor -%}
{{ fraud__merchant_fraud_rate() }} as merchant_fraud_rate_30d
{%- endmacro %}

{#- Known frauds over payments. Without payments it is 0, as the published features have it: the count says so. -#}
{% macro fraud__merchant_risk(window) -%}
{%- if core.has('fraud_labels') -%}
{%- set payments -%}
merchant_transaction_count_delay_{{ window }} - merchant_transaction_count_{{ fraud__delay_window() }}
{%- endset -%}
case
            when merchant_id is null then null
            when {{ payments }} = 0 then cast(0 as decimal(18, 6))
            else {{ core.ratio(fraud__known_frauds(window), '(' ~ payments ~ ')', 6) }}
        end
{%- else -%}
cast(null as decimal(18, 6))
{%- endif -%}
{%- endmacro %}

{#- The risk of 30 days, drawn towards a usual rate while there are few payments. -#}
{% macro fraud__merchant_fraud_rate() -%}
{%- if core.has('fraud_labels') -%}
{%- set frauds = fraud__known_frauds('30d') ~ ' + ' ~ var('risk_smoothing') ~ ' * ' ~ var('risk_usual_rate') -%}
{%- set payments -%}
merchant_transaction_count_delay_30d - merchant_transaction_count_{{ fraud__delay_window() }} + {{ var('risk_smoothing') }}
{%- endset -%}
case
            when merchant_id is not null
                then {{ core.ratio('(' ~ frauds ~ ')', '(' ~ payments ~ ')', 6) }}
        end
{%- else -%}
cast(null as decimal(18, 6))
{%- endif -%}
{%- endmacro %}

{#- The sum of a value over a group; NULL where it cannot be known. -#}
{% macro fraud__total(value, data_type, is_known=true) -%}
cast({% if is_known %}sum({{ value }}){% else %}null{% endif %} as {{ data_type }})
{%- endmacro %}

{#- How many different values rows have that meet a condition; NULL where it cannot be known. -#}
{% macro fraud__different(value, condition, is_known=true) -%}
cast({% if is_known %}count(distinct case when {{ condition }} then {{ value }} end){% else %}null{% endif %} as integer)
{%- endmacro %}

{#- 1 when a condition holds, else 0; NULL while what it needs is unknown. -#}
{% macro fraud__flag(condition, needed) -%}
cast(case when {{ needed }} is null then null when {{ condition }} then 1 else 0 end as smallint)
{%- endmacro %}

{#- Windows without the payment itself: one less, and its amount less. -#}
{% macro fraud__prior_features() -%}
{%- for window in ['1h', '24h', '7d'] -%}
account_transaction_count_{{ window }} - 1 as prior_account_transaction_count_{{ window }},
        cast(account_amount_sum_{{ window }} - coalesce(amount_base, 0) as decimal(18, 2))
            as prior_account_amount_sum_{{ window }},
        {% endfor -%}
card_transaction_count_1h - 1 as prior_card_transaction_count_1h,
        card_transaction_count_24h - 1 as prior_card_transaction_count_24h,
        cast(device_transaction_count_24h - 1 as integer) as prior_device_transaction_count_24h,
        cast(payee_transaction_count_24h - 1 as integer) as prior_payee_transaction_count_24h
{%- endmacro %}

{#- The share of what the account held that a payment takes, at most all; NULL where nothing is known to be there. -#}
{% macro fraud__balance_drain_ratio() -%}
cast(
            case
                when balance_before > 0 then least({{ fraud__ratio('account_currency_amount', 'balance_before') }}, 1)
            end
            as decimal(18, 6)
        )
{%- endmacro %}

{#- Whether the bank tells both what comes back of a loss and what others bear of it. -#}
{% macro fraud__knows_net_loss() -%}
{{ return(
    core.has('fraud_labels', 'recovered_amount_base') and core.has('fraud_labels', 'liability_shifted_amount_base')
) }}
{%- endmacro %}

{#- What a confirmed fraud costs the bank: the loss, or the amount where none is named, less what others bear. -#}
{% macro fraud__net_loss(label, loss, amount, recovered, shifted) -%}
{%- if fraud__knows_net_loss() -%}
cast(
            case
                when {{ label }} = 'fraud_confirmed'
                    then coalesce({{ loss }}, {{ amount }}) - coalesce({{ recovered }}, 0) - coalesce({{ shifted }}, 0)
            end
            as decimal(18, 2)
        )
{%- else -%}
cast(null as decimal(18, 2))
{%- endif -%}
{%- endmacro %}
