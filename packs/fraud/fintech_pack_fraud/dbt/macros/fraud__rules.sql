{#-
    The rules on payments: when each fires, and the values that made it fire, at most six. Conditions read the
    columns of fraud__transaction_features as they are, with `seconds_since_same` and `is_cash_like` beside them.
-#}
{% macro fraud__rules() -%}
{{ return({
    'T01': {
        'fires': 'account_transaction_count_1h >= ' ~ var('velocity_1h_count'),
        'evidence': {'account_transaction_count_1h': 'account_transaction_count_1h', 'threshold': var('velocity_1h_count')}
    },
    'T02': {
        'fires': 'account_amount_sum_24h >= greatest(' ~ var('velocity_24h_amount') ~ ', coalesce('
            ~ var('velocity_24h_multiple') ~ ' * amount_usual_high, 0))',
        'evidence': {
            'account_amount_sum_24h': 'account_amount_sum_24h', 'amount_usual_high': 'amount_usual_high',
            'threshold': var('velocity_24h_amount'), 'multiple': var('velocity_24h_multiple')
        }
    },
    'T03': {
        'fires': 'declined_count_1h >= ' ~ var('declined_1h_count'),
        'evidence': {'declined_count_1h': 'declined_count_1h', 'threshold': var('declined_1h_count')}
    },
    'T04': {
        'fires': 'amount_robust_z >= ' ~ var('deviation_z_score') ~ ' and amount_base >= '
            ~ var('deviation_minimum_amount'),
        'evidence': {
            'amount_robust_z': 'amount_robust_z', 'amount_base': 'amount_base', 'threshold': var('deviation_z_score'),
            'minimum_amount': var('deviation_minimum_amount')
        }
    },
    'T05': {
        'fires': 'is_first_payee = 1 and amount_base >= ' ~ var('new_payee_amount') ~ ' and payee_age_hours < '
            ~ var('new_payee_hours'),
        'evidence': {
            'is_first_payee': 'is_first_payee', 'payee_age_hours': 'payee_age_hours', 'amount_base': 'amount_base',
            'threshold': var('new_payee_amount')
        }
    },
    'T06': {
        'fires': 'card_testing_pattern = 1',
        'evidence': {
            'card_small_count_1h': 'card_small_count_1h', 'amount_base': 'amount_base',
            'amount_to_median': 'amount_to_median', 'threshold': var('card_test_count')
        }
    },
    'T07': {
        'fires': 'is_cross_border = 1 and is_first_country = 1 and is_card_not_present = 0',
        'evidence': {
            'is_cross_border': 'is_cross_border', 'is_first_country': 'is_first_country',
            'is_card_not_present': 'is_card_not_present'
        }
    },
    'T08': {
        'fires': 'country_tier >= ' ~ var('country_tier_minimum'),
        'evidence': {'country_tier': 'country_tier', 'threshold': var('country_tier_minimum')}
    },
    'T09': {
        'fires': 'unusual_hour_flag = 1 and amount_to_median >= ' ~ var('unusual_hour_multiple'),
        'evidence': {
            'unusual_hour_flag': 'unusual_hour_flag', 'amount_to_median': 'amount_to_median',
            'threshold': var('unusual_hour_multiple')
        }
    },
    'T10': {
        'fires': 'balance_drain_ratio >= ' ~ var('drain_share') ~ ' and (is_first_payee = 1'
            ~ ' or hours_since_new_device_login <= ' ~ var('drain_login_hours') ~ ')',
        'evidence': {
            'balance_drain_ratio': 'balance_drain_ratio', 'is_first_payee': 'is_first_payee',
            'hours_since_new_device_login': 'hours_since_new_device_login', 'threshold': var('drain_share'),
            'threshold_hours': var('drain_login_hours')
        }
    },
    'T11': {
        'fires': 'dormant_wakeup_flag = 1 and amount_base >= ' ~ var('wakeup_amount'),
        'evidence': {
            'seconds_since_previous': 'seconds_since_previous', 'amount_base': 'amount_base',
            'threshold_days': var('dormant_days'), 'threshold': var('wakeup_amount')
        }
    },
    'T12': {
        'fires': 'is_first_payee = 1 and hours_since_credential_change <= ' ~ var('credential_change_hours'),
        'evidence': {
            'hours_since_credential_change': 'hours_since_credential_change', 'is_first_payee': 'is_first_payee',
            'amount_base': 'amount_base', 'threshold_hours': var('credential_change_hours')
        }
    },
    'T13': {
        'fires': 'is_cash_like = 1 and card_transaction_count_24h >= ' ~ var('cash_like_count'),
        'evidence': {'card_transaction_count_24h': 'card_transaction_count_24h', 'threshold': var('cash_like_count')}
    },
    'T14': {
        'fires': 'seconds_since_same <= ' ~ var('duplicate_seconds'),
        'evidence': {'seconds_since_same': 'seconds_since_same', 'threshold': var('duplicate_seconds')}
    },
}) }}
{%- endmacro %}

{#- Named values as the text of a JSON object. -#}
{% macro fraud__evidence(values) -%}
'{' || {% for name in values -%}
'"{{ name }}": ' || coalesce(cast({{ values[name] }} as varchar(40)), 'null') || {% if not loop.last %}', ' || {% endif %}
{%- endfor -%} '}'
{%- endmacro %}
