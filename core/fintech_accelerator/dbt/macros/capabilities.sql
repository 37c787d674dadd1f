{#- Whether the bank's sources bring a table, or a column of it, so that it may be used; a constant to branch on. -#}
{% macro has(table_name, column_name=none) -%}
{%- set table = core.contract_table(table_name) -%}
{%- set source_table = table_name | replace('_history', '') if table['kind'] == 'history' else table_name -%}
{%- if not core.core__is_mapped(source_table) -%}
{{ return(table_name in core.core__seeded_tables()) }}
{%- elif column_name is none or column_name in table['derived'] -%}
{{ return(true) }}
{%- elif column_name not in core.core__column_names(table) -%}
{{ exceptions.raise_compiler_error("the contract's table '" ~ table_name ~ "' has no column '" ~ column_name ~ "'") }}
{%- else -%}
{{ return(column_name in var('mapped_columns', {}).get(source_table, [])) }}
{%- endif -%}
{%- endmacro %}

{#- Whether a source of the bank is mapped to a table of the contract. -#}
{% macro core__is_mapped(table_name) -%}
{{ return(var('has_' ~ table_name, false)) }}
{%- endmacro %}

{#- The reference tables that come with the product, until a source of the bank replaces them. -#}
{% macro core__seeded_tables() -%}
{{ return([
    'calendar', 'countries', 'country_risk', 'escheat_rules', 'interchange_rates', 'mcc_codes', 'products',
    'reason_codes', 'regulated_caps'
]) }}
{%- endmacro %}

{#- Of the flags named, those that apply to this bank, as SQL: what a row could not take into account. -#}
{% macro capability_flags(names) -%}
{%- set applying = [] -%}
{%- for name in names | unique | sort if name in var('capability_flags', []) -%}
{%- do applying.append(name) -%}
{%- endfor -%}
{%- if (applying | join(',')) | length > 1024 -%}
{{ exceptions.raise_compiler_error('more flags apply than a row can tell: give the pack fewer, or shorter names') }}
{%- endif -%}
cast('{{ applying | join(',') }}' as varchar(1024))
{%- endmacro %}

{#- The identity of the pack's parameter values, as SQL: it says with which thresholds a row was made. -#}
{% macro parameter_set_id() -%}
cast('{{ var('param_set_id', '') }}' as varchar(64))
{%- endmacro %}
