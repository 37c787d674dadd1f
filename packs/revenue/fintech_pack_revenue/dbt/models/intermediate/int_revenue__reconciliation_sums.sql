{{ config(materialized='ephemeral') }}

{#- What the ledger and the general ledger say of a line, a legal entity and a month, side by side. -#}
{#- A bank that names no legal entity of its accounts is compared as a whole: by entity, nothing could ever match. -#}
{%- set has_entities = core.has('accounts', 'legal_entity_id') -%}
{%- set amounts = ['ledger_amount', 'earned_amount', 'estimated_amount', 'general_ledger_amount'] -%}

with

ledger_lines as (

    select
        line,
        {{ "coalesce(legal_entity_id, 'unknown')" if has_entities else "'unknown'" }} as legal_entity_id,
        posted_month,
        earned_month,
        amount_base,
        fx_missing_flag,
        estimated_flag,
        source_batch_id
    from {{ ref('int_revenue__reconciled_lines') }}

),

{# A general-ledger account that names no line has nothing to be compared with. #}
general_ledger as (

    select
        line,
        {{ 'legal_entity_id' if has_entities else "'unknown'" }} as legal_entity_id,
        {{ revenue__month('period_end') }} as period_month,
        period_end,
        amount_base,
        source_batch_id
    from {{ ref('core', 'gl_balances') }}
    where line is not null

),

{# By the day of booking, as the general ledger has it; by the day of earning next to it, for the cut-off. #}
all_views as (

    select
        line,
        legal_entity_id,
        posted_month as period_month,
        cast(null as date) as period_end,
        amount_base as ledger_amount,
        cast(null as decimal(18, 4)) as earned_amount,
        case when estimated_flag = 1 then amount_base end as estimated_amount,
        cast(null as decimal(18, 4)) as general_ledger_amount,
        1 as line_count,
        fx_missing_flag,
        source_batch_id
    from ledger_lines
    union all
    select
        line,
        legal_entity_id,
        earned_month as period_month,
        cast(null as date) as period_end,
        cast(null as decimal(18, 4)) as ledger_amount,
        amount_base as earned_amount,
        cast(null as decimal(18, 4)) as estimated_amount,
        cast(null as decimal(18, 4)) as general_ledger_amount,
        0 as line_count,
        0 as fx_missing_flag,
        source_batch_id
    from ledger_lines
    union all
    select
        line,
        legal_entity_id,
        period_month,
        period_end,
        cast(null as decimal(18, 4)) as ledger_amount,
        cast(null as decimal(18, 4)) as earned_amount,
        cast(null as decimal(18, 4)) as estimated_amount,
        cast(amount_base as decimal(18, 4)) as general_ledger_amount,
        0 as line_count,
        0 as fx_missing_flag,
        source_batch_id
    from general_ledger

),

side_by_side as (

    select
        line,
        legal_entity_id,
        period_month,
        max(period_end) as period_end,
        {% for amount in amounts -%}
        cast(sum({{ amount }}) as decimal(18, 4)) as {{ amount }},
        {% endfor -%}
        sum(line_count) as line_count,
        sum(fx_missing_flag) as fx_missing_count,
        max(source_batch_id) as source_batch_id
    from all_views
    group by
        line,
        legal_entity_id,
        period_month

)

select * from side_by_side
