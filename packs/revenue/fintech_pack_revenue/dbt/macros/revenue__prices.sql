{#-
    The interchange that a rate gives for an amount, to four decimals, within the rate's own cap and floor. Comparisons
    and not greatest() and least(), which pass over NULL: without a rate there is no amount, not zero.
-#}
{% macro revenue__rate_amount(amount, rate) -%}
case
            when {{ revenue__uncapped_amount(amount, rate) }} > {{ rate }}.fee_cap then {{ rate }}.fee_cap
            when {{ revenue__uncapped_amount(amount, rate) }} < {{ rate }}.fee_floor then {{ rate }}.fee_floor
            else {{ revenue__uncapped_amount(amount, rate) }}
        end
{%- endmacro %}

{% macro revenue__uncapped_amount(amount, rate) -%}
round({{ amount }} * {{ rate }}.pct_rate + {{ rate }}.fixed_fee, 4)
{%- endmacro %}

{#- What the law allows at most: a ceiling, not a price. NULL where no cap holds. -#}
{% macro revenue__cap_amount(amount, cap, is_certified) -%}
round({{ amount }} * {{ cap }}.cap_pct_rate + {{ cap }}.cap_fixed_fee + {{ is_certified }} * {{ cap }}.cap_fraud_adjustment, 4)
{%- endmacro %}

{#- The lower of a price and its ceiling, where there is one. -#}
{% macro revenue__at_most(price, ceiling) -%}
case when {{ ceiling }} < {{ price }} then {{ ceiling }} else {{ price }} end
{%- endmacro %}

{#-
    The share of an original's interchange that a part of its amount takes back. The whole takes back exactly what was
    booked; parts are in proportion, so that they never add up to more than the original by more than rounding.
-#}
{% macro revenue__share(value, part, whole) -%}
case
            when {{ part }} = {{ whole }} then cast({{ value }} as decimal(18, 4))
            else {{ core.ratio(value ~ ' * ' ~ part, whole, 4) }}
        end
{%- endmacro %}

{#- An amount in base currency, to four decimals; NULL without an exchange rate. -#}
{% macro revenue__in_base(amount, exchange_rate) -%}
cast(round({{ amount }} * {{ exchange_rate }}, 4) as decimal(18, 4))
{%- endmacro %}

{#- What a price is made of, for a payment and the terms that hold for it; and the names of these columns. -#}
{% macro revenue__price_columns(payment, terms) -%}
{{ payment }}.event_date_local as rate_date,
        {{ payment }}.amount as priced_amount,
        {{ payment }}.actual_interchange as priced_actual,
        {{ terms }}.rate_id,
        {{ terms }}.cap_id,
        {{ terms }}.is_estimate,
        {{ revenue__rate_amount(payment ~ '.amount', terms) }} as rate_amount,
        {{ revenue__cap_amount(payment ~ '.amount', terms, payment ~ '.is_certified') }} as priced_cap
{%- endmacro %}

{% macro revenue__price_names() -%}
{{ return([
    'rate_date', 'priced_amount', 'priced_actual', 'rate_id', 'cap_id', 'is_estimate', 'rate_amount', 'priced_cap'
]) }}
{%- endmacro %}

{#- The amount of an entry in base currency: the core's, but at the original's day for a reversal. -#}
{% macro revenue__booked_base() -%}
case
            when exchange_date = event_date_local then amount_base
            else cast(amount * exchange_rate as decimal(18, 2))
        end
{%- endmacro %}
