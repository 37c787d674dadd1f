{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    on_schema_change='fail',
    meta={'event_table': 'transactions'}
) }}

with

touched_days as (

    {{ core.touched_days('transactions') }}

),

{# A local day lies on two days of UTC. #}
read_days as (

    select days_to_read.event_date_local as read_date
    from ({{ core.days_to_read('transactions', 1, reach_days=1) }}) as days_to_read

),

accounts as (

    select
        account_id,
        primary_customer_id,
        is_internal,
        is_test
    from {{ ref('core', 'accounts') }}

),

test_customers as (

    select customer_id
    from {{ ref('core', 'customers') }}
    where is_test = 1

),

exchange_rates as (

    select
        from_currency,
        rate_date,
        rate
    from {{ ref('core', 'exchange_rates') }}

),

business_days as (

    select
        calendar_date,
        case when is_business_day = 1 then calendar_date else next_business_date end as business_date
    from {{ ref('core', 'calendar') }}
    where jurisdiction = {{ core.core__bank_jurisdiction() }}

),

{{ core.core__newest_versions('transactions', 'read_days' if is_incremental() else none) }},

account_facts as (

    select
        accounts.account_id,
        accounts.primary_customer_id,
        case
            when accounts.is_internal = 1 or accounts.is_test = 1 or test_customers.customer_id is not null then 1
            else 0
        end as is_excluded
    from accounts
    left join test_customers
        on accounts.primary_customer_id = test_customers.customer_id

),

with_local_time as (

    select
        newest_versions.*,
        {{ core.to_local('newest_versions.event_ts') }} as event_ts_local
    from newest_versions

),

with_account as (

    select
        with_local_time.*,
        cast(with_local_time.event_ts_local as date) as event_date_local,
        account_facts.primary_customer_id,
        account_facts.is_excluded as is_excluded_account
    from with_local_time
    left join account_facts
        on with_local_time.account_id = account_facts.account_id
    {% if is_incremental() -%}
    where cast(with_local_time.event_ts_local as date) in (select touched_days.event_date_local from touched_days)
    {%- endif %}

),

final as (

    select
        {{ core.core__transaction_columns('with_account') }},
        cast(with_account.event_ts as date) as event_date,
        with_account.event_date_local,
        cast(extract(hour from with_account.event_ts_local) as smallint) as event_hour_local,
        coalesce(business_days.business_date, with_account.event_date_local) as business_date,
        cast(
            case
                when with_account.currency = {{ core.core__base_currency() }} then with_account.amount
                else with_account.amount * exchange_rates.rate
            end
            as decimal(18, 2)
        ) as amount_base,
        cast(
            case
                when with_account.currency = {{ core.core__base_currency() }} or exchange_rates.rate is not null then 0
                else 1
            end
            as smallint
        ) as fx_missing_flag,
        cast(
            case
                when with_account.is_excluded_account = 1 or test_customers.customer_id is not null then 1
                else 0
            end
            as smallint
        ) as is_excluded,
        with_account._batch_id as source_batch_id
    from with_account
    left join exchange_rates
        on with_account.currency = exchange_rates.from_currency
        and with_account.event_date_local = exchange_rates.rate_date
    left join business_days
        on with_account.event_date_local = business_days.calendar_date
    left join test_customers
        on with_account.customer_id = test_customers.customer_id

)

select * from final
