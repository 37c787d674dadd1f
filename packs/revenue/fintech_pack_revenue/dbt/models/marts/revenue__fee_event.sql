{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    meta={'event_table': 'transactions', 'time_column': 'event_ts'}
) }}

with

{# A waiver or reversal belongs to its fee, whose day and code say what it should have been. #}
entries as (

    select
        transaction_id,
        txn_type,
        direction,
        account_id,
        customer_id,
        event_ts,
        event_date_local,
        posting_date,
        case when txn_type = 'fee' then transaction_id else root_transaction_id end as fee_transaction_id,
        case when txn_type = 'fee' then event_date_local else root_date end as charged_date,
        coalesce(fee_code, root_fee_code) as fee_code,
        case when is_root_posted = 1 then root_transaction_id end as reverses_transaction_id,
        product_type,
        product_code,
        legal_entity_id,
        amount,
        currency,
        {{ revenue__booked_base() }} as booked_amount_base,
        fx_rate_id,
        cast(case when exchange_rate is null then 1 else 0 end as smallint) as fx_missing_flag,
        case when txn_type = 'fee' and direction = 'D' then 1 else 0 end as is_charged,
        fee_waived_flag,
        source_batch_id
    from {{ ref('int_revenue__entries') }}
    where
        is_entry = 1
        and (
            (txn_type in ('fee', 'fee_reversal') and (root_txn_type is null or root_txn_type = 'fee'))
            or (txn_type = 'reversal' and root_txn_type = 'fee')
        )

),

fee_schedule as (

    select
        fee_code,
        product_code,
        effective_from,
        effective_to,
        fee_line,
        fee_amount,
        fee_rate
    from {{ ref('core', 'fee_schedule') }}

),

scheduled as (

    select
        entries.transaction_id,
        fee_schedule.fee_line,
        case when fee_schedule.fee_rate is null then fee_schedule.fee_amount end as scheduled_amount,
        row_number() over (
            partition by entries.transaction_id
            order by
                case when fee_schedule.product_code = 'ALL' then 2 else 1 end asc,
                fee_schedule.effective_from desc,
                fee_schedule.product_code asc
        ) as choice
    from entries
    inner join fee_schedule
        on entries.fee_code = fee_schedule.fee_code
        and fee_schedule.product_code in (entries.product_code, entries.product_type, 'ALL')
        and {{ revenue__is_in_force('fee_schedule', 'coalesce(entries.charged_date, entries.event_date_local)') }}

),

{# Money back to the customer takes the fee back; money out again, as when a reversal is reversed, restores it. #}
with_parts as (

    select
        entries.*,
        cast(case when is_charged = 1 then 1 else 0 end as smallint) as gross_part,
        cast(
            case
                when fee_waived_flag = 0 then 0
                when is_charged = 1 then 1
                else -1 * {{ revenue__sign('direction') }}
            end
            as smallint
        ) as waived_part,
        cast(
            case
                when fee_waived_flag = 1 or is_charged = 1 then 0
                else -1 * {{ revenue__sign('direction') }}
            end
            as smallint
        ) as reversed_part
    from entries

),

final as (

    select
        with_parts.transaction_id,
        cast(with_parts.txn_type as varchar(24)) as txn_type,
        cast(
            case
                when with_parts.gross_part <> 0 then 'charge'
                when with_parts.waived_part <> 0 then 'waiver'
                else 'reversal'
            end
            as varchar(8)
        ) as event_kind,
        with_parts.account_id,
        with_parts.customer_id,
        with_parts.event_ts,
        with_parts.event_date_local,
        with_parts.posting_date,
        cast(with_parts.fee_transaction_id as varchar(64)) as fee_transaction_id,
        cast(with_parts.reverses_transaction_id as varchar(64)) as reverses_transaction_id,
        with_parts.charged_date,
        cast(with_parts.fee_code as varchar(32)) as fee_code,
        cast(coalesce(scheduled.fee_line, 'service_fee') as varchar(24)) as fee_line,
        cast(case when scheduled.fee_line is null then 1 else 0 end as smallint) as is_line_assumed,
        with_parts.product_type,
        with_parts.product_code,
        with_parts.legal_entity_id,
        cast(scheduled.scheduled_amount as decimal(18, 2)) as scheduled_amount,
        with_parts.currency,
        {% for suffix, value in [('', 'with_parts.amount'), ('_base', 'with_parts.booked_amount_base')] -%}
        {% for part in ['gross', 'waived', 'reversed'] -%}
        cast(with_parts.{{ part }}_part * {{ value }} as decimal(18, 2)) as {{ part }}_amount{{ suffix }},
        {% endfor -%}
        cast(
            (with_parts.gross_part - with_parts.waived_part - with_parts.reversed_part) * {{ value }}
            as decimal(18, 2)
        ) as net_amount{{ suffix }},
        {% endfor -%}
        with_parts.fx_rate_id,
        with_parts.fx_missing_flag,
        {{ revenue__capability_flags('fees') }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        with_parts.source_batch_id
    from with_parts
    left join scheduled
        on with_parts.transaction_id = scheduled.transaction_id
        and scheduled.choice = 1

)

select * from final
