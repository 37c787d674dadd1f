{{ config(materialized='table', meta={'time_column': 'month_start'}) }}

with

relationships as (

    select
        customer_id,
        onboarded_date,
        start_date,
        end_date,
        source_batch_id
    from {{ ref('int_engagement__relationships') }}

),

months as (

    select
        month_start,
        month_end
    from {{ ref('int_engagement__months') }}

),

activity as (

    select * from {{ ref('int_engagement__activity_by_month') }}

),

holdings as (

    select
        customer_id,
        month_start,
        open_account_count,
        product_type_count,
        contractual_account_count
    from {{ ref('int_engagement__holdings') }}

),

population as (

    select
        relationships.customer_id,
        months.month_start,
        months.month_end,
        relationships.onboarded_date,
        relationships.source_batch_id
    from relationships
    inner join months
        on relationships.start_date <= months.month_end
        and (relationships.end_date is null or relationships.end_date >= months.month_start)

),

joined as (

    select
        population.customer_id,
        population.month_start,
        population.month_end,
        case
            when population.onboarded_date <= population.month_end
                then {{ core.months_between('population.onboarded_date', 'population.month_end') }}
        end as tenure_months,
        coalesce(activity.active_days, 0) as active_days,
        coalesce(activity.digital_days, 0) as digital_days,
        coalesce(activity.login_days, 0) as login_days,
        coalesce(activity.channel_count, 0) as channel_count,
        coalesce(activity.financial_count, 0) as financial_count,
        coalesce(activity.digital_count, 0) as digital_count,
        coalesce(activity.passive_count, 0) as passive_count,
        coalesce(activity.debit_count, 0) as debit_count,
        coalesce(activity.spend_amount_base, 0) as spend_amount_base,
        coalesce(activity.inflow_amount_base, 0) as inflow_amount_base,
        coalesce(holdings.open_account_count, 0) as open_account_count,
        coalesce(holdings.product_type_count, 0) as product_type_count,
        case when holdings.open_account_count = holdings.contractual_account_count then 1 else 0 end
            as is_contractual_only,
        max(activity.last_active_date) over (
            partition by population.customer_id
            order by population.month_start
            rows between unbounded preceding and current row
        ) as last_active_date,
        max(greatest(coalesce(activity.source_batch_id, 0), population.source_batch_id)) over (
            partition by population.customer_id
            order by population.month_start
            rows between unbounded preceding and current row
        ) as source_batch_id
    from population
    left join activity
        on population.customer_id = activity.customer_id
        and population.month_start = activity.month_start
    left join holdings
        on population.customer_id = holdings.customer_id
        and population.month_start = holdings.month_start

),

final as (

    select
        customer_id,
        month_start,
        month_end,
        tenure_months,
        cast(active_days as integer) as active_days,
        {{ engagement__when_digital('cast(digital_days as integer)') }} as digital_days,
        {{ engagement__when_mapped('login_activity', none, 'cast(login_days as integer)') }} as login_days,
        cast(channel_count as integer) as channel_count,
        cast(financial_count as integer) as financial_count,
        {{ engagement__when_digital('cast(digital_count as integer)') }} as digital_count,
        cast(passive_count as integer) as passive_count,
        cast(debit_count as integer) as debit_count,
        cast(spend_amount_base as decimal(18, 2)) as spend_amount_base,
        cast(inflow_amount_base as decimal(18, 2)) as inflow_amount_base,
        cast(open_account_count as integer) as open_account_count,
        cast(product_type_count as integer) as product_type_count,
        cast(is_contractual_only as smallint) as is_contractual_only,
        last_active_date,
        cast({{ dbt.datediff('last_active_date', 'month_end', 'day') }} as integer) as recency_days,
        cast(case when active_days > 0 then 1 else 0 end as smallint) as is_active,
        {{ engagement__month_flags() }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(source_batch_id as integer) as source_batch_id
    from joined

)

select * from final
