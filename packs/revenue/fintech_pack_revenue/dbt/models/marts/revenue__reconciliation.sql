{{ config(materialized='table', meta={'time_column': 'period_end'}) }}

{%- set amount_tolerance = var('reconciliation_tolerance_amount') -%}
{%- set share_tolerance = 'abs(general_ledger_amount) * ' ~ var('reconciliation_tolerance_share') -%}

with

side_by_side as (

    select * from {{ ref('int_revenue__reconciliation_sums') }}

),

line_catalogue as (

    select
        line,
        line_group,
        is_memo
    from {{ ref('revenue__line_catalogue') }}

),

{# Where the general ledger has no row there is no difference to tell; where only it has one, all of it is. #}
compared as (

    select
        line,
        legal_entity_id,
        coalesce(period_end, cast({{ dbt.last_day('period_month', 'month') }} as date)) as period_end,
        ledger_amount,
        earned_amount,
        estimated_amount,
        general_ledger_amount,
        cast(coalesce(ledger_amount, 0) - general_ledger_amount as decimal(18, 4)) as difference_amount,
        cast(
            case
                when {{ share_tolerance }} > {{ amount_tolerance }} then {{ share_tolerance }}
                when general_ledger_amount is not null then {{ amount_tolerance }}
            end
            as decimal(18, 4)
        ) as tolerance_amount,
        line_count,
        fx_missing_count,
        source_batch_id
    from side_by_side

),

with_status as (

    select
        compared.*,
        case
            when general_ledger_amount is null then 'no_gl'
            when abs(difference_amount) < 0.005 then 'matched'
            when abs(difference_amount) <= tolerance_amount then 'within'
            else 'break'
        end as status
    from compared

),

{# The banner of a period: no better than its worst line. #}
with_severity as (

    select
        with_status.*,
        max(
            case status
                when 'break' then 4
                when 'no_gl' then 3
                when 'within' then 2
                else 1
            end
        ) over (partition by period_end, legal_entity_id) as period_severity
    from with_status

),

final as (

    select
        cast(with_severity.period_end as date) as period_end,
        cast(with_severity.legal_entity_id as varchar(20)) as legal_entity_id,
        cast(with_severity.line as varchar(24)) as line,
        cast(line_catalogue.line_group as varchar(12)) as line_group,
        cast(coalesce(line_catalogue.is_memo, 0) as smallint) as is_memo,
        cast(with_severity.ledger_amount as decimal(18, 4)) as ledger_amount,
        cast(with_severity.earned_amount as decimal(18, 4)) as earned_amount,
        cast(with_severity.general_ledger_amount as decimal(18, 2)) as general_ledger_amount,
        with_severity.difference_amount,
        with_severity.tolerance_amount,
        cast(with_severity.status as varchar(8)) as status,
        cast(
            case with_severity.period_severity
                when 4 then 'break'
                when 3 then 'no_gl'
                when 2 then 'within'
                else 'matched'
            end
            as varchar(8)
        ) as period_status,
        cast(with_severity.estimated_amount as decimal(18, 4)) as estimated_amount,
        cast(with_severity.line_count as integer) as line_count,
        cast(with_severity.fx_missing_count as integer) as fx_missing_count,
        {{ revenue__capability_flags('reconciliation') }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(with_severity.source_batch_id as integer) as source_batch_id
    from with_severity
    left join line_catalogue
        on with_severity.line = line_catalogue.line

)

select * from final
