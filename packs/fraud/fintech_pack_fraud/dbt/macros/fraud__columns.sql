{#-
    What goes through the windows of all keys, and what they have added to it. It stays narrow, since every sort
    carries it; the rest of a payment is joined once, at the end.
-#}
{% macro fraud__window_columns(after=none) -%}
{%- set added = {
    'accounts': [
        'paid_before_at', 'account_transaction_count_1h', 'account_transaction_count_24h',
        'account_transaction_count_7d', 'account_amount_sum_1h', 'account_amount_sum_24h', 'account_amount_sum_7d',
        'declined_count_1h', 'distinct_merchant_count_24h', 'distinct_country_count_24h', 'distinct_mcc_count_1h'
    ],
    'cards': ['card_transaction_count_1h', 'card_transaction_count_24h', 'card_small_count_1h'],
    'customers': [
        'customer_transaction_count_1d', 'customer_transaction_count_7d', 'customer_transaction_count_30d',
        'customer_amount_sum_1d', 'customer_amount_sum_7d', 'customer_amount_sum_30d'
    ]
} -%}
{%- set columns = [
    'transaction_id', 'account_id', 'customer_id', 'merchant_id', 'event_ts', 'event_date_local', 'counted_amount'
] -%}
{%- if after in [none, 'accounts'] -%}
{%- do columns.extend(['card_token', 'is_payment']) -%}
{%- endif -%}
{%- if after is not none -%}
{%- for key in added -%}
{%- if columns[-1] not in added[after] -%}
{%- do columns.extend(added[key]) -%}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
{{ return(columns) }}
{%- endmacro %}

{#- What of it is kept: not the keys, which the payment has. -#}
{% macro fraud__payment_window_columns() -%}
{%- set left_out = ['account_id', 'customer_id', 'merchant_id', 'event_ts', 'event_date_local', 'counted_amount'] -%}
{%- set columns = [] -%}
{%- for column_name in fraud__window_columns('customers') if column_name not in left_out -%}
{%- do columns.append(column_name) -%}
{%- endfor -%}
{%- set measures = fraud__merchant_measures() -%}
{%- for measure in measures -%}
{%- for window in measures[measure]['windows'] -%}
{%- do columns.append(measure ~ '_' ~ window) -%}
{%- endfor -%}
{%- endfor -%}
{{ return(columns) }}
{%- endmacro %}

{#- Columns of a select; `instead` gives SQL for some of them, and `otherwise` for all others. -#}
{% macro fraud__listed(columns, instead={}, otherwise=none) -%}
{%- for column_name in columns -%}
{%- if column_name in instead -%}
{{ instead[column_name] }} as {{ column_name }}
{%- elif otherwise is none -%}
{{ column_name }}
{%- else -%}
{{ otherwise }} as {{ column_name }}
{%- endif -%}
{%- if not loop.last %},
        {% endif -%}
{%- endfor -%}
{%- endmacro %}

{#- The windows of a merchant: those that end now, and those that end `label_delay_days` ago, as differences. -#}
{% macro fraud__merchant_windows() -%}
{%- set delay = var('label_delay_days') | int -%}
{{ return({
    '1d': 86400, '7d': 604800, '30d': 2592000, 'delay': 86400 * delay, 'delay_1d': 86400 * (delay + 1),
    'delay_7d': 86400 * (delay + 7), 'delay_30d': 86400 * (delay + 30), 'ever': 3155760000
}) }}
{%- endmacro %}

{% macro fraud__merchant_measures() -%}
{%- set counted = ['1d', '7d', '30d', 'delay_1d', 'delay_7d', 'delay_30d'] -%}
{%- if fraud__delay_window() == 'delay' -%}
{%- do counted.append('delay') -%}
{%- endif -%}
{%- set measures = {
    'merchant_transaction_count': {'value': '1 - is_step', 'type': 'integer', 'windows': counted},
    'merchant_amount_sum': {'value': 'counted_amount', 'type': 'decimal(18, 2)', 'windows': ['1d', '7d', '30d']},
} -%}
{%- if core.has('fraud_labels') -%}
{%- do measures.update({
    'known_frauds': {'value': 'fraud_step', 'type': 'bigint', 'windows': ['ever']}
}) -%}
{%- endif -%}
{{ return(measures) }}
{%- endmacro %}

{#- Which window is as long as the delay of the labels: often one that is there anyway. -#}
{% macro fraud__delay_window() -%}
{%- set of_length = {1: '1d', 7: '7d', 30: '30d'} -%}
{{ return(of_length.get(var('label_delay_days') | int, 'delay')) }}
{%- endmacro %}

{#- The known frauds of the delayed 1, 7 and 30 days are one number, six digits each, so that one sum finds all three. -#}
{% macro fraud__packed_frauds(one_day, seven_days, thirty_days) -%}
cast({{ one_day }} as bigint) + 1000000 * cast({{ seven_days }} as bigint) + 1000000000000 * cast({{ thirty_days }} as bigint)
{%- endmacro %}

{% macro fraud__known_frauds(window) -%}
{%- set units = {'1d': 1, '7d': 1000000, '30d': 1000000000000} -%}
{%- set unit = units[window] -%}
cast((mod(known_frauds_ever, {{ unit * 1000000 }}) - mod(known_frauds_ever, {{ unit }})) / {{ unit }} as integer)
{%- endmacro %}
