{#- The kinds of product by which the bank lends. -#}
{% macro segmentation__credit_products() -%}
('credit_card', 'personal_loan', 'auto_loan', 'mortgage', 'heloc', 'bnpl')
{%- endmacro %}

{#- Whether somebody's identity was checked; nothing is asked of a bank that does not map it. -#}
{% macro segmentation__is_identified(kyc_status) -%}
{% if core.has('customers', 'kyc_status') %}{{ kyc_status }} = 'verified'{% else %}1 = 1{% endif %}
{%- endmacro %}

{#-
    Whether somebody is of full age, businesses and trusts aside. Of a year of birth alone nobody knows whether the birthday
    was: the whole year has to be over. Nothing is asked of a bank that does not map it.
-#}
{% macro segmentation__is_of_age(party_type, birth_year, on_date) -%}
{% if core.has('customers', 'birth_year') -%}
({{ party_type }} <> 'individual' or extract(year from {{ on_date }}) - {{ birth_year }} > {{ var('offer_age') }})
{%- else -%}
1 = 1
{%- endif %}
{%- endmacro %}

{#- Whether money may be lent to somebody who may be in arrears: what cannot be looked up is not lent upon. -#}
{% macro segmentation__may_borrow(is_in_arrears) -%}
{% if core.has('accounts', 'days_past_due') %}1 - coalesce({{ is_in_arrears }}, 0){% else %}0{% endif %}
{%- endmacro %}
