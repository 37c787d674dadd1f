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
