{#-
    The bank-local days that each pack has to build again. A day is touched for a pack when a version of a row on it
    belongs to a key that a batch after the pack's last one brought again, whatever the day's age: so a day is found,
    too, when a correction moves a row away from it.
-#}
{%- set event_tables = core.core__event_tables() -%}
with

pack_slots as (

    select
        pack,
        coalesce(through_batch, 0) as through_batch
    from {{ source('ops', 'pack_slots') }}

),

{{ core.core__oldest_slot() }},

changed_parties as (

    select
        party,
        party_id,
        latest_batch
    from {{ ref('core', 'changed_parties') }}

),

related_days as (

    select
        table_name,
        event_date_local,
        latest_batch
    from {{ ref('core', 'related_days') }}

),

event_days as (

    {% for table_name in event_tables -%}
    {{ core.core__event_days(table_name, event_tables[table_name]) }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

touched as (

    select * from event_days
    union all
    select * from related_days

),

all_days as (

    {% for table_name in event_tables -%}
    {{ core.core__all_days(table_name, event_tables[table_name]) }}
    union all
    {% endfor -%}
    {{ core.core__all_days('transactions', event_tables['transactions'], known_as='fraud_labels') }}
    union all
    {{ core.core__all_days('transactions', event_tables['transactions'], known_as='cards') }}
    union all
    {{ core.core__all_days('balances_daily', event_tables['balances_daily'], known_as='accounts') }}

),

final as (

    select distinct
        pack_slots.pack,
        touched.table_name,
        touched.event_date_local
    from pack_slots
    inner join touched
        on pack_slots.through_batch < touched.latest_batch
    where pack_slots.through_batch > 0
    union all
    select
        pack_slots.pack,
        all_days.table_name,
        all_days.event_date_local
    from pack_slots
    cross join all_days
    where pack_slots.through_batch = 0

)

select * from final
