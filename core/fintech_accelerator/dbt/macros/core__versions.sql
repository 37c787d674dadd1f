{#-
    The newest version of each key of a raw table, as three CTEs, the last of which is newest_versions.
    Keys with several versions are few: only they are ranked, narrowly, and their older versions are left out.
    `read_days` names a CTE of UTC days (read_date); without it, all rows are read.
-#}
{% macro core__newest_versions(table_name, read_days=none) -%}
{%- set table = core.contract_table(table_name) -%}
{%- set raw_table = source('raw_data', table_name) -%}
{%- set event_column = core.core__event_column(table) -%}
repeated_keys as (

    select
        {{ table['key'] | join(',\n        ') }}
    from {{ raw_table }}
    {% if read_days is not none -%}
    {#- A key's versions may lie on different days: all of them count, not only those on the days read. -#}
    where {{ core.core__key_text(table) }} in (
        select {{ core.core__key_text(table) }}
        from {{ raw_table }}
        where
            {{ core.core__lies_on(event_column, read_days) | indent(4) }}
    )
    {% endif -%}
    group by
        {{ table['key'] | join(',\n        ') }}
    having count(*) > 1

),

superseded_versions as (

    select
        _batch_id,
        _load_order,
        _row_number
    from (
        select
            versions._batch_id,
            versions._load_order,
            versions._row_number,
            row_number() over (
                partition by versions.{{ table['key'] | join(', versions.') }}
                order by versions._batch_id desc, versions._load_order desc, versions._row_number desc
            ) as version_rank
        from {{ raw_table }} as versions
        inner join repeated_keys
            on {% for column in table['key'] -%}
            versions.{{ column }} = repeated_keys.{{ column }}{% if not loop.last %} and {% endif %}
            {%- endfor %}
    ) as ranked_versions
    where version_rank > 1

),

newest_versions as (

    select versions.*
    from {{ raw_table }} as versions
    left join superseded_versions
        on versions._batch_id = superseded_versions._batch_id
        and versions._load_order = superseded_versions._load_order
        and versions._row_number = superseded_versions._row_number
    where
        superseded_versions._batch_id is null
        {% if read_days is not none -%}
        and {{ core.core__lies_on(event_column, read_days) }}
        {%- endif %}

)
{%- endmacro %}

{#- Whether a time lies on days: first whether between the outermost, since engines leave out what they store of others. -#}
{% macro core__lies_on(event_column, read_days) -%}
{{ event_column }} >= (select min({{ read_days }}.read_date) from {{ read_days }})
        and {{ event_column }} < (select {{ core.add_days('max(' ~ read_days ~ '.read_date)', 1) }} from {{ read_days }})
        and cast({{ event_column }} as date) in (select {{ read_days }}.read_date from {{ read_days }})
{%- endmacro %}

{#- The columns that a raw table brings, with the contract's values for NULL, for a select list. -#}
{% macro core__columns(table_name, relation, leave_out=[]) -%}
{%- for column in core.contract_table(table_name)['columns'] if column['name'] not in leave_out -%}
{{ core.core__with_default(column, relation) }}{% if not loop.last %},
        {% endif %}
{%- endfor -%}
{%- endmacro %}

{% macro core__with_default(column, relation) -%}
{%- if column['default'] is none -%}
{{ relation }}.{{ column['name'] }}
{%- else -%}
coalesce({{ relation }}.{{ column['name'] }}, cast('{{ column['default'] }}' as {{ column['type'] }})) as {{ column['name'] }}
{%- endif -%}
{%- endmacro %}

{#- The whole model of a table that is its newest versions and at most the facts of time. -#}
{% macro core__newest(table_name) -%}
with

{{ core.core__newest_versions(table_name) }},

{{ core.core__with_event_days(table_name) }}

select * from with_event_days
{%- endmacro %}

{#-
    The same for an event table that keeps each row's local day, incrementally: the touched days, read from the days of
    UTC that they lie on.
-#}
{% macro core__newest_by_day(table_name) -%}
with

touched_days as (

    {{ core.touched_days(table_name) }}

),

read_days as (

    select days_to_read.event_date_local as read_date
    from ({{ core.days_to_read(table_name, 1, reach_days=1) }}) as days_to_read

),

{{ core.core__newest_versions(table_name, 'read_days' if is_incremental() else none) }},

{{ core.core__with_event_days(table_name) }},

final as (

    select *
    from with_event_days
    {% if is_incremental() -%}
    where event_date_local in (select touched_days.event_date_local from touched_days)
    {%- endif %}

)

select * from final
{%- endmacro %}

{#- The CTE with_event_days: a table's columns, those of time that the contract derives, and the batch. -#}
{% macro core__with_event_days(table_name) -%}
{%- set derived = core.contract_table(table_name)['derived'] -%}
with_event_days as (

    select
        {{ core.core__columns(table_name, 'newest_versions') }},
        {% if 'event_date' in derived -%}
        cast(newest_versions.event_ts as date) as event_date,
        {% endif -%}
        {% if 'event_date_local' in derived -%}
        cast({{ core.to_local('newest_versions.event_ts') }} as date) as event_date_local,
        {% endif -%}
        {% if 'event_hour_local' in derived -%}
        cast(extract(hour from {{ core.to_local('newest_versions.event_ts') }}) as smallint) as event_hour_local,
        {% endif -%}
        newest_versions._batch_id as source_batch_id
    from newest_versions

)
{%- endmacro %}

{#- The whole model of a reference table: the bank's own rows, else those of the seed. -#}
{% macro core__reference(table_name) -%}
{%- set derived = core.contract_table(table_name)['derived'] -%}
{%- if core.core__is_mapped(table_name) or table_name not in core.core__seeded_tables() -%}
with

{{ core.core__newest_versions(table_name) }},

bank_rows as (

    select
        {{ core.core__columns(table_name, 'newest_versions') }},
        newest_versions._loaded_at as loaded_at
        {%- if 'source_batch_id' in derived %},
        newest_versions._batch_id as source_batch_id
        {%- endif %}
    from newest_versions

)

select * from bank_rows
{%- else -%}
with

seed as (

    select
        {{ core.core__column_names(core.contract_table(table_name)) | join(',\n        ') }},
        cast(null as timestamp) as loaded_at
        {%- if 'source_batch_id' in derived %},
        cast(0 as integer) as source_batch_id
        {%- endif %}
    from {{ ref('core', 'seed_' ~ table_name) }}

)

select * from seed
{%- endif -%}
{%- endmacro %}

{#- The column by whose day a table is partitioned. -#}
{% macro core__event_column(table) -%}
{{ return(table['event_column'] or 'balance_date') }}
{%- endmacro %}

{#- A table's key as one value: of several columns as one text. -#}
{% macro core__key_text(table) -%}
{%- if table['key'] | length == 1 -%}
{{ return(table['key'][0]) }}
{%- else -%}
{%- set parts = [] -%}
{%- for column in table['key'] -%}
{%- do parts.append('cast(' ~ column ~ ' as varchar(64))') -%}
{%- endfor -%}
{{ return(parts | join(" || '|' || ")) }}
{%- endif -%}
{%- endmacro %}

{% macro core__column_names(table) -%}
{{ return(table['columns'] | map(attribute='name') | list) }}
{%- endmacro %}
