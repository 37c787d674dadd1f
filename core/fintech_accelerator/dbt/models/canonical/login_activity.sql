{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    on_schema_change='fail',
    meta={'event_table': 'login_activity'}
) }}

with

touched_days as (

    {{ core.touched_days('login_activity') }}

),

{# A local day lies on two days of UTC. #}
read_days as (

    select days_to_read.event_date_local as read_date
    from ({{ core.days_to_read('login_activity', 1, reach_days=1) }}) as days_to_read

),

test_customers as (

    select customer_id
    from {{ ref('core', 'customers') }}
    where is_test = 1

),

{{ core.core__newest_versions('login_activity', 'read_days' if is_incremental() else none) }},

with_local_time as (

    select
        newest_versions.*,
        {{ core.to_local('newest_versions.event_ts') }} as event_ts_local
    from newest_versions

),

final as (

    select
        {{ core.core__columns('login_activity', 'with_local_time') }},
        cast(with_local_time.event_ts as date) as event_date,
        cast(with_local_time.event_ts_local as date) as event_date_local,
        cast(extract(hour from with_local_time.event_ts_local) as smallint) as event_hour_local,
        cast(case when test_customers.customer_id is not null then 1 else 0 end as smallint) as is_excluded,
        with_local_time._batch_id as source_batch_id
    from with_local_time
    left join test_customers
        on with_local_time.customer_id = test_customers.customer_id
    {% if is_incremental() -%}
    where cast(with_local_time.event_ts_local as date) in (select touched_days.event_date_local from touched_days)
    {%- endif %}

)

select * from final
