{#- Whether a payment's terms fulfil every criterion that a rate names; what is not known fulfils none. -#}
{% macro revenue__rate_matches(rate, terms) -%}
({{ rate }}.network is null or lower({{ rate }}.network) = {{ terms }}.network)
        and ({{ rate }}.region is null or {{ rate }}.region in ({{ terms }}.merchant_country, {{ terms }}.acquirer_region))
        and ({{ rate }}.funding_type is null or {{ rate }}.funding_type = {{ terms }}.funding_type)
        and ({{ rate }}.card_product is null or {{ rate }}.card_product = {{ terms }}.card_product)
        and ({{ rate }}.regulated_flag is null or {{ rate }}.regulated_flag = {{ terms }}.is_regulated)
        and ({{ rate }}.card_present_flag is null or {{ rate }}.card_present_flag = {{ terms }}.card_present_flag)
        and ({{ rate }}.mcc_from is null or {{ terms }}.mcc >= {{ rate }}.mcc_from)
        and ({{ rate }}.mcc_to is null or {{ terms }}.mcc <= {{ rate }}.mcc_to)
        and ({{ rate }}.ticket_min is null or {{ terms }}.ticket_floor >= {{ rate }}.ticket_min)
        and ({{ rate }}.ticket_max is null or {{ terms }}.ticket_floor <= {{ rate }}.ticket_max)
        and {{ revenue__is_in_force(rate, terms ~ '.period_from') }}
{%- endmacro %}

{% macro revenue__is_in_force(period, date_expression) -%}
{{ date_expression }} >= {{ period }}.effective_from
        and ({{ period }}.effective_to is null or {{ date_expression }} <= {{ period }}.effective_to)
{%- endmacro %}

{#- How many criteria a rate names: of two with the same priority, the more specific one wins. -#}
{% macro revenue__specificity() -%}
cast(
            {% for criterion in [
                'network', 'region', 'funding_type', 'card_product', 'regulated_flag', 'card_present_flag', 'ticket_min',
                'ticket_max'
            ] -%}
            case when {{ criterion }} is not null then 1 else 0 end
            + {% endfor -%}
            case when mcc_from is not null or mcc_to is not null then 1 else 0 end
            as smallint
        )
{%- endmacro %}

{#- What interchange needs of a card transaction but what decides about its rate. -#}
{% macro revenue__entry_columns() -%}
{%- for carried in [
    'transaction_id', 'txn_type', 'direction', 'account_id', 'customer_id', 'event_ts', 'event_date_local',
    'posting_date', 'is_entry', 'root_transaction_id', 'is_root_posted', 'mcc', 'merchant_country',
    'card_present_flag', 'product_type', 'product_code', 'legal_entity_id', 'amount', 'currency',
    'actual_interchange', 'scheme_fee_amount', 'exchange_rate', 'fx_rate_id', 'source_batch_id'
] -%}
entries.{{ carried }}{% if not loop.last %},
        {% endif %}
{%- endfor -%}
{%- endmacro %}

{#- What a card draws on: as the transaction says, else the card, else the kind of account. -#}
{% macro revenue__funding_type(entry, card) -%}
coalesce(
            {{ entry }}.funding_type,
            {{ card }}.funding_type,
            case
                when {{ entry }}.product_type = 'credit_card' then 'credit'
                when {{ entry }}.product_type = 'prepaid' then 'prepaid'
                when {{ entry }}.product_type in ('checking', 'savings') then 'debit'
            end
        )
{%- endmacro %}

{#- All that decides about a payment's rate as one text. -#}
{% macro revenue__terms_key() -%}
{%- for part in [
    'network', 'card_product', 'funding_type', 'card_present_flag', 'mcc', 'merchant_country', 'is_regulated',
    'ticket_floor', 'period_from'
] -%}
coalesce(cast({{ part }} as varchar(40)), ''){% if not loop.last %} || '|' || {% endif %}
{%- endfor -%}
{%- endmacro %}

{#- Criteria, and limits, that a row of the rate card does not have, for a select list. -#}
{% macro revenue__unset(names) -%}
{%- set types = {
    'network': 'varchar(20)', 'region': 'varchar(10)', 'card_product': 'varchar(32)', 'regulated_flag': 'smallint',
    'card_present_flag': 'smallint', 'mcc_from': 'varchar(4)', 'mcc_to': 'varchar(4)', 'mcc_group': 'varchar(40)',
    'ticket_min': 'decimal(18, 2)', 'ticket_max': 'decimal(18, 2)', 'fraud_adjustment': 'decimal(9, 4)',
    'fee_cap': 'decimal(9, 4)', 'fee_floor': 'decimal(9, 4)', 'effective_to': 'date',
} -%}
{%- for name in names -%}
cast(null as {{ types[name] }}) as {{ name }}{% if not loop.last %},
        {% endif %}
{%- endfor -%}
{%- endmacro %}
