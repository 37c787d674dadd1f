{{ config(materialized='table', meta={'time_column': 'revenue_month'}) }}

with

line_sums as (

    select * from {{ ref('int_revenue__product_month_lines') }}

),

balances as (

    select * from {{ ref('int_revenue__product_month_balances') }}

),

products as (

    select
        product_code,
        profit_line
    from {{ ref('core', 'products') }}

),

keys as (

    select
        product_type,
        product_code,
        legal_entity_id,
        revenue_month
    from line_sums
    union
    select
        product_type,
        product_code,
        legal_entity_id,
        revenue_month
    from balances

),

with_figures as (

    select
        keys.product_type,
        keys.product_code,
        keys.legal_entity_id,
        keys.revenue_month,
        {% for figure in revenue__month_figures() -%}
        line_sums.{{ figure }},
        {% endfor -%}
        line_sums.line_volume,
        line_sums.estimated_volume,
        line_sums.line_count,
        line_sums.fx_missing_count,
        line_sums.account_count,
        line_sums.source_batch_id,
        balances.balance_days,
        balances.fx_missing_count as balance_fx_missing_count,
        balances.average_balance,
        case when keys.product_type in {{ revenue__asset_products() }} then balances.average_balance end
            as average_earning_assets,
        case when keys.product_type in {{ revenue__deposit_products() }} then balances.average_balance end
            as average_deposits,
        {{ revenue__months_in_year('keys.revenue_month') }} as months_in_year
    from keys
    left join line_sums
        on keys.product_type = line_sums.product_type
        and keys.product_code = line_sums.product_code
        and keys.legal_entity_id = line_sums.legal_entity_id
        and keys.revenue_month = line_sums.revenue_month
    left join balances
        on keys.product_type = balances.product_type
        and keys.product_code = balances.product_code
        and keys.legal_entity_id = balances.legal_entity_id
        and keys.revenue_month = balances.revenue_month

),

final as (

    select
        with_figures.revenue_month,
        cast(with_figures.product_code as varchar(32)) as product_code,
        cast(with_figures.product_type as varchar(24)) as product_type,
        cast(products.profit_line as varchar(40)) as profit_line,
        cast(with_figures.legal_entity_id as varchar(20)) as legal_entity_id,
        {% for figure in revenue__month_figures() -%}
        with_figures.{{ figure }},
        {% endfor -%}
        {{ revenue__ratio('coalesce(with_figures.estimated_volume, 0)', 'with_figures.line_volume') }}
            as estimated_share,
        cast(coalesce(with_figures.line_count, 0) as integer) as line_count,
        cast(coalesce(with_figures.fx_missing_count, 0) as integer) as fx_missing_count,
        cast(coalesce(with_figures.account_count, 0) as integer) as account_count,
        with_figures.average_earning_assets,
        with_figures.average_deposits,
        cast(with_figures.balance_days as integer) as balance_days,
        cast(with_figures.balance_fx_missing_count as integer) as balance_fx_missing_count,
        {{ revenue__ratio(
            'with_figures.net_interest_income * with_figures.months_in_year', 'with_figures.average_earning_assets'
        ) }} as net_interest_margin,
        {{ revenue__ratio(
            '-1 * with_figures.interest_expense * with_figures.months_in_year', 'with_figures.average_deposits'
        ) }} as cost_of_deposits,
        {{ revenue__capability_flags('months') }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(with_figures.source_batch_id as integer) as source_batch_id
    from with_figures
    left join products
        on with_figures.product_code = products.product_code

)

select * from final
