{{ config(materialized='table', meta={'time_column': 'snapshot_date'}) }}
{% set before = 'max(case when leg = 0 then state end)' -%}
{% set after = 'max(case when leg = 1 then state end)' -%}
with

snapshots as (

    select
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

states as (

    select * from {{ ref('int_segmentation__states') }}

),

{# A state is where the customer comes from in the next month, and where they are in its own. #}
legs as (

    select
        dimension,
        customer_id,
        month_start,
        1 as leg,
        state,
        source_batch_id
    from states

    union all

    select
        dimension,
        customer_id,
        cast({{ dbt.dateadd('month', 1, 'month_start') }} as date) as month_start,
        0 as leg,
        state,
        source_batch_id
    from states

),

{# Who is missing before has come, who is missing after has gone: so each state's chances add up to one. #}
moves as (

    select
        dimension,
        customer_id,
        month_start,
        coalesce({{ before }}, 'enter') as from_state,
        coalesce({{ after }}, 'exit') as to_state,
        max(source_batch_id) as source_batch_id
    from legs
    group by dimension, customer_id, month_start

),

counted as (

    select
        moves.dimension,
        snapshots.month_start,
        snapshots.snapshot_date,
        moves.from_state,
        moves.to_state,
        count(*) as customer_count,
        max(moves.source_batch_id) as source_batch_id
    from moves
    inner join snapshots
        on moves.month_start = snapshots.month_start
    where snapshots.month_start > (select min(first_snapshots.month_start) from snapshots as first_snapshots)
    group by moves.dimension, snapshots.month_start, snapshots.snapshot_date, moves.from_state, moves.to_state

),

with_whole as (

    select
        counted.*,
        sum(customer_count) over (partition by dimension, month_start, from_state) as from_count
    from counted

),

final as (

    select
        dimension,
        month_start,
        snapshot_date,
        cast(from_state as varchar(40)) as from_state,
        cast(to_state as varchar(40)) as to_state,
        cast(customer_count as integer) as customer_count,
        cast(from_count as integer) as from_count,
        {{ core.ratio('customer_count', 'from_count', 12) }} as probability,
        cast(case when from_state = to_state then 0 else 1 end as smallint) as is_move,
        {{ core.capability_flags([
            'no_transactions_txn_type', 'no_transactions_channel', 'no_transactions_status', 'no_customers_onboarded_date',
            'no_customers_relationship_end_date', 'no_accounts_opened_date', 'no_accounts_closed_date', 'no_joint'
        ]) }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(source_batch_id as integer) as source_batch_id
    from with_whole

)

select * from final
