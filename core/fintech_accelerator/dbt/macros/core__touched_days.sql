{#- The CTE `slots`: oldest_batch, through which batch the pack is built that is furthest behind. -#}
{% macro core__oldest_slot() -%}
slots as (

    select min(through_batch) as oldest_batch
    from {{ source('ops', 'pack_slots') }}
    where through_batch > 0

)
{%- endmacro %}

{#- CTEs, the last of which is <table>_changes: keys of which one of these attributes changed, and in which batch. -#}
{% macro core__attribute_changes(table_name, key, attributes) -%}
{{ table_name }}_with_signature as (

    select
        {{ key }},
        _batch_id,
        _load_order,
        _row_number,
        {{ core.core__signature(attributes) }} as signature
    from {{ source('raw_data', table_name) }}
    where {{ key }} in (
        select {{ key }}
        from {{ source('raw_data', table_name) }}
        where _batch_id > (select slots.oldest_batch from slots)
    )

),

{{ table_name }}_with_previous as (

    select
        {{ key }},
        _batch_id,
        signature,
        lag(signature) over (
            partition by {{ key }} order by _batch_id, _load_order, _row_number
        ) as previous_signature
    from {{ table_name }}_with_signature

),

{{ table_name }}_changes as (

    select
        {{ key }},
        max(_batch_id) as latest_batch
    from {{ table_name }}_with_previous
    where previous_signature is null or previous_signature <> signature
    group by {{ key }}

)
{%- endmacro %}

{#-
    The tables whose days are followed. `key` finds the other versions of a row; without it the day is part of the key.
    `parties` names what else on a row may change: {'account_id': 'account'}.
-#}
{% macro core__event_tables() -%}
{%- set event_day = 'cast(' ~ core.to_local('versions.event_ts') ~ ' as date)' -%}
{%- set utc_day = 'cast(versions.event_ts as date)' -%}
{{ return({
    'transactions': {
        'key': 'transaction_id', 'day': event_day, 'utc_day': utc_day,
        'parties': {'account_id': 'account', 'customer_id': 'customer'},
    },
    'login_activity': {
        'key': 'login_id', 'day': event_day, 'utc_day': utc_day, 'parties': {'customer_id': 'customer'}
    },
    'digital_events': {
        'key': 'event_id', 'day': event_day, 'utc_day': utc_day, 'parties': {'customer_id': 'customer'}
    },
    'contacts_complaints': {
        'key': 'contact_id', 'day': event_day, 'utc_day': utc_day, 'parties': {'customer_id': 'customer'}
    },
    'balances_daily': {
        'key': none, 'day': 'versions.balance_date', 'utc_day': 'versions.balance_date', 'parties': {},
    },
}) }}
{%- endmacro %}

{#-
    The local days of all versions of rows that a batch since the oldest slot's brought again, or whose account or
    customer changed, with the newest such batch; for a union.
-#}
{% macro core__event_days(table_name, facts) -%}
{%- set raw_table = source('raw_data', table_name) -%}
{%- set new_rows = '_batch_id > (select slots.oldest_batch from slots)' -%}
{%- if facts['key'] is none -%}
select
        '{{ table_name }}' as table_name,
        {{ facts['day'] }} as event_date_local,
        max(versions._batch_id) as latest_batch
    from {{ raw_table }} as versions
    where versions.{{ new_rows }}
    group by {{ facts['day'] }}
{%- else -%}
select
        '{{ table_name }}' as table_name,
        {{ facts['day'] }} as event_date_local,
        max(changed_keys.latest_batch) as latest_batch
    from {{ raw_table }} as versions
    inner join (
        select
            {{ facts['key'] }},
            max(_batch_id) as latest_batch
        from {{ raw_table }}
        where {{ new_rows }}
        group by {{ facts['key'] }}
    ) as changed_keys
        on versions.{{ facts['key'] }} = changed_keys.{{ facts['key'] }}
    group by {{ facts['day'] }}
{%- endif %}
    {% for column in facts['parties'] -%}
    union all
    select
        '{{ table_name }}' as table_name,
        {{ facts['day'] }} as event_date_local,
        max(changed_parties.latest_batch) as latest_batch
    from {{ raw_table }} as versions
    inner join changed_parties
        on versions.{{ column }} = changed_parties.party_id
        and changed_parties.party = '{{ facts['parties'][column] }}'
    group by {{ facts['day'] }}
    {% endfor %}
{%- endmacro %}

{#- All days of an event table, for packs that have built nothing: a day of UTC stands for the local ones around it. -#}
{% macro core__all_days(table_name, facts, known_as=none) -%}
select distinct
        '{{ known_as or table_name }}' as table_name,
        {{ core.add_days('utc_days.utc_date', 'offsets.number - 1') }} as event_date_local
    from (
        select distinct {{ facts['utc_day'] }} as utc_date
        from {{ source('raw_data', table_name) }} as versions
    ) as utc_days
    cross join ({{ core.numbers(2) }}) as offsets
{%- endmacro %}
