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

slots as (

    select min(through_batch) as oldest_batch
    from pack_slots
    where through_batch > 0

),

changed_parties as (

    select
        party,
        party_id,
        latest_batch
    from {{ ref('core', 'changed_parties') }}

),

event_days as (

    {% for table_name in event_tables -%}
    {{ core.core__event_days(table_name, event_tables[table_name]) }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

{# A label touches the day of the transaction that it is, or was, about. #}
label_days as (

    select
        'fraud_labels' as table_name,
        {{ event_tables['transactions']['day'] }} as event_date_local,
        max(new_labels._batch_id) as latest_batch
    from {{ source('raw_data', 'fraud_labels') }} as new_labels
    inner join {{ source('raw_data', 'fraud_labels') }} as labels
        on new_labels.label_id = labels.label_id
    inner join {{ source('raw_data', 'transactions') }} as versions
        on labels.transaction_id = versions.transaction_id
    where new_labels._batch_id > (select slots.oldest_batch from slots)
    group by {{ event_tables['transactions']['day'] }}

),

days_later as (

    {{ core.numbers(7) }}

),

days_before as (

    {{ core.numbers(10) }}

),

{# A rate serves its day and the seven after it; a day of the calendar decides about those before it. #}
reference_days as (

    select
        'transactions' as table_name,
        {{ core.add_days('fx_rates.rate_date', 'days_later.number') }} as event_date_local,
        fx_rates._batch_id as latest_batch
    from {{ source('raw_data', 'fx_rates') }} as fx_rates
    cross join days_later
    where fx_rates._batch_id > (select slots.oldest_batch from slots)
    union all
    select
        'transactions' as table_name,
        {{ core.add_days('calendar.calendar_date', '-days_before.number') }} as event_date_local,
        calendar._batch_id as latest_batch
    from {{ source('raw_data', 'calendar') }} as calendar
    cross join days_before
    where calendar._batch_id > (select slots.oldest_batch from slots)

),

touched as (

    select * from event_days
    union all
    select * from label_days
    union all
    select * from reference_days

),

all_days as (

    {% for table_name in event_tables -%}
    {{ core.core__all_days(table_name, event_tables[table_name]) }}
    union all
    {% endfor -%}
    {{ core.core__all_days('transactions', event_tables['transactions'], known_as='fraud_labels') }}

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
