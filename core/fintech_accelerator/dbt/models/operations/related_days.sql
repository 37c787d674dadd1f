{#-
    Days on which rows of other tables are felt that bear no day of their own, or whose day is not the one that they
    concern, and the batch that brought them last.
-#}
{%- set day = core.core__event_tables()['transactions']['day'] -%}
with

{{ core.core__oldest_slot() }},

changed_parties as (

    select
        party,
        party_id,
        latest_batch
    from {{ ref('core', 'changed_parties') }}

),

{# A label touches the day of the transaction that it is, or was, about. #}
label_days as (

    select
        'fraud_labels' as table_name,
        {{ day }} as event_date_local,
        max(new_labels._batch_id) as latest_batch
    from {{ source('raw_data', 'fraud_labels') }} as new_labels
    inner join {{ source('raw_data', 'fraud_labels') }} as labels
        on new_labels.label_id = labels.label_id
    inner join {{ source('raw_data', 'transactions') }} as versions
        on labels.transaction_id = versions.transaction_id
    where new_labels._batch_id > (select slots.oldest_batch from slots)
    group by {{ day }}

),

{# An attribute of a card touches the days of its payments, for those who follow cards. #}
card_days as (

    select
        'cards' as table_name,
        {{ day }} as event_date_local,
        max(changed_parties.latest_batch) as latest_batch
    from {{ source('raw_data', 'transactions') }} as versions
    inner join changed_parties
        on versions.card_token = changed_parties.party_id
        and changed_parties.party = 'card'
    group by {{ day }}

),

{# An attribute of an account touches the days of its balances, for those who follow accounts. #}
account_days as (

    select
        'accounts' as table_name,
        versions.balance_date as event_date_local,
        max(changed_parties.latest_batch) as latest_batch
    from {{ source('raw_data', 'balances_daily') }} as versions
    inner join changed_parties
        on versions.account_id = changed_parties.party_id
        and changed_parties.party = 'account'
    group by versions.balance_date

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

final as (

    select * from label_days
    union all
    select * from card_days
    union all
    select * from account_days
    union all
    select * from reference_days

)

select * from final
