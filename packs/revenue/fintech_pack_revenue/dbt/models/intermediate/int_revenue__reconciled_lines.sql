{{ config(materialized='ephemeral') }}

{#-
    The ledger's lines under the names that the general ledger has for them. What takes a fee or interchange back is a
    line of its own; where the general ledger keeps no account for it, it is booked against what it takes back.
-#}
with

ledger as (

    select
        line,
        source_id,
        legal_entity_id,
        posting_date,
        effective_date,
        amount_base,
        fx_missing_flag,
        estimated_flag,
        source_batch_id
    from {{ ref('revenue__ledger') }}

),

fee_events as (

    select
        transaction_id,
        fee_line
    from {{ ref('revenue__fee_event') }}

),

kept_lines as (

    select distinct line
    from {{ ref('core', 'gl_balances') }}
    where line in ('fee_waiver', 'fee_reversal', 'interchange_refund')

),

final as (

    select
        cast(
            case
                when kept_lines.line is not null then ledger.line
                when ledger.line in ('fee_waiver', 'fee_reversal') then coalesce(fee_events.fee_line, ledger.line)
                when ledger.line = 'interchange_refund' then 'interchange_income'
                else ledger.line
            end
            as varchar(24)
        ) as line,
        ledger.legal_entity_id,
        {{ revenue__month('ledger.posting_date') }} as posted_month,
        {{ revenue__month('ledger.effective_date') }} as earned_month,
        ledger.amount_base,
        ledger.fx_missing_flag,
        ledger.estimated_flag,
        ledger.source_batch_id
    from ledger
    left join kept_lines
        on ledger.line = kept_lines.line
    left join fee_events
        on ledger.source_id = fee_events.transaction_id
        and ledger.line in ('fee_waiver', 'fee_reversal')

)

select * from final
