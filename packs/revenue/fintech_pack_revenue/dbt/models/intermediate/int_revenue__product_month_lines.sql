{{ config(materialized='ephemeral') }}

{#- The ledger's lines of a product and month, added up: revenue is all of them but memos. -#}
with

lines as (

    select
        coalesce(product_type, 'unknown') as product_type,
        coalesce(product_code, product_type, 'unknown') as product_code,
        coalesce(legal_entity_id, 'unknown') as legal_entity_id,
        {{ revenue__month('effective_date') }} as revenue_month,
        account_id,
        line,
        line_group,
        is_memo,
        amount_base,
        estimated_flag,
        source_batch_id
    from {{ ref('revenue__ledger') }}

),

line_sums as (

    select
        product_type,
        product_code,
        legal_entity_id,
        revenue_month,
        {{ revenue__lines_sum('is_memo = 0') }} as revenue_amount,
        {{ revenue__lines_sum("is_memo = 0 and line = 'interest_income'") }} as interest_income,
        {{ revenue__lines_sum("is_memo = 0 and line = 'interest_expense'") }} as interest_expense,
        {{ revenue__lines_sum("is_memo = 0 and line_group = 'interest'") }} as net_interest_income,
        {{ revenue__lines_sum("is_memo = 0 and line = 'interchange_income'") }} as interchange_income,
        {{ revenue__lines_sum("is_memo = 0 and line = 'interchange_refund'") }} as interchange_refund,
        {{ revenue__lines_sum("is_memo = 0 and line = 'scheme_fee'") }} as scheme_fee,
        {{ revenue__lines_sum("is_memo = 0 and line_group = 'interchange'") }} as net_interchange,
        {{ revenue__lines_sum(
            "is_memo = 0 and line_group = 'fees' and line not in ('fee_waiver', 'fee_reversal')"
        ) }} as gross_fees,
        {{ revenue__lines_sum("is_memo = 0 and line = 'fee_waiver'") }} as fee_waiver,
        {{ revenue__lines_sum("is_memo = 0 and line = 'fee_reversal'") }} as fee_reversal,
        {{ revenue__lines_sum("is_memo = 0 and line_group = 'fees'") }} as net_fees,
        {{ revenue__lines_sum("is_memo = 0 and line_group = 'other'") }} as other_income,
        {{ revenue__lines_sum('is_memo = 1') }} as memo_amount,
        {{ revenue__lines_sum('is_memo = 0 and estimated_flag = 1') }} as estimated_amount,
        {{ revenue__lines_sum('is_memo = 0 and estimated_flag = 1', 'abs(amount_base)') }} as estimated_volume,
        {{ revenue__lines_sum('is_memo = 0', 'abs(amount_base)') }} as line_volume,
        count(*) as line_count,
        sum(case when amount_base is null then 1 else 0 end) as fx_missing_count,
        count(distinct account_id) as account_count,
        max(source_batch_id) as source_batch_id
    from lines
    group by
        product_type,
        product_code,
        legal_entity_id,
        revenue_month

)

select * from line_sums
