{{ config(materialized='ephemeral') }}

{#- Average daily balances of a month, over all its days with balances, also those on which the product has none. -#}
with

balances as (

    select
        coalesce(product_type, 'unknown') as product_type,
        coalesce(product_code, product_type, 'unknown') as product_code,
        coalesce(legal_entity_id, 'unknown') as legal_entity_id,
        balance_date,
        {{ revenue__month('balance_date') }} as revenue_month,
        balance_base,
        fx_missing_count
    from {{ ref('int_revenue__product_balances') }}

),

months as (

    select
        revenue_month,
        count(distinct balance_date) as balance_days
    from balances
    group by revenue_month

),

sums as (

    select
        product_type,
        product_code,
        legal_entity_id,
        revenue_month,
        sum(balance_base) as balance_sum,
        sum(fx_missing_count) as fx_missing_count
    from balances
    group by
        product_type,
        product_code,
        legal_entity_id,
        revenue_month

),

final as (

    select
        sums.product_type,
        sums.product_code,
        sums.legal_entity_id,
        sums.revenue_month,
        months.balance_days,
        sums.fx_missing_count,
        {{ core.ratio('sums.balance_sum', 'months.balance_days', 2) }} as average_balance
    from sums
    inner join months
        on sums.revenue_month = months.revenue_month

)

select * from final
