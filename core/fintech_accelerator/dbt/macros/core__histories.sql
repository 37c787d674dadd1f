{#-
    The whole model of a history (SCD2): a version for each change of a tracked attribute. The order is that of
    loading, so that the current version is the one in the table itself; a row that claims to be older than what was
    known before counts from then on. The first version holds from 1900, since nothing earlier is known.
-#}
{% macro core__history(table_name, history_name) -%}
{%- set key = core.contract_table(table_name)['key'][0] -%}
{%- set names = core.core__tracked_columns(history_name, key) -%}
with

versions as (

    select
        {{ key }},
        {{ core.core__tracked(table_name, names) }},
        _batch_id,
        _load_order,
        _row_number,
        max(coalesce(ingested_at, _loaded_at)) over (
            partition by {{ key }}
            order by _batch_id, _load_order, _row_number
            rows between unbounded preceding and current row
        ) as known_at
    from {{ source('raw_data', table_name) }}

),

last_of_each_time as (

    select
        versions.*,
        {{ core.core__signature(names) }} as signature,
        row_number() over (
            partition by {{ key }}, known_at order by _batch_id desc, _load_order desc, _row_number desc
        ) as version_rank
    from versions

),

with_previous as (

    select
        last_of_each_time.*,
        lag(signature) over (partition by {{ key }} order by known_at) as previous_signature
    from last_of_each_time
    where version_rank = 1

),

changes as (

    select
        with_previous.*,
        case
            when previous_signature is null then cast('1900-01-01 00:00:00' as timestamp)
            else known_at
        end as valid_from
    from with_previous
    where previous_signature is null or previous_signature <> signature

),

final as (

    select
        {{ key }},
        valid_from,
        lead(valid_from) over (partition by {{ key }} order by known_at) as valid_to,
        cast(
            case when lead(valid_from) over (partition by {{ key }} order by known_at) is null then 1 else 0 end
        as smallint) as is_current,
        {{ names | join(',\n        ') }},
        _batch_id as source_batch_id
    from changes

)

select * from final
{%- endmacro %}

{#- The attributes that a history tracks: its derived columns but key, validity and batch. -#}
{% macro core__tracked_columns(history_name, key) -%}
{%- set not_tracked = [key, 'valid_from', 'valid_to', 'is_current', 'source_batch_id'] -%}
{{ return(core.contract_table(history_name)['derived'] | reject('in', not_tracked) | list) }}
{%- endmacro %}

{#- Columns of a raw table with the contract's values for NULL, for a select list. -#}
{% macro core__tracked(table_name, names) -%}
{%- for column in core.contract_table(table_name)['columns'] if column['name'] in names -%}
{%- if column['default'] is none -%}
{{ column['name'] }}
{%- else -%}
coalesce({{ column['name'] }}, cast('{{ column['default'] }}' as {{ column['type'] }})) as {{ column['name'] }}
{%- endif -%}
{%- if not loop.last %},
        {% endif %}
{%- endfor -%}
{%- endmacro %}

{#- Several columns as one text that differs when one of them does; control characters stand between and for NULL. -#}
{% macro core__signature(names) -%}
{%- for name in names -%}
coalesce(cast({{ name }} as varchar(256)), chr(30)){% if not loop.last %} || chr(31)
        || {% endif %}
{%- endfor -%}
{%- endmacro %}
