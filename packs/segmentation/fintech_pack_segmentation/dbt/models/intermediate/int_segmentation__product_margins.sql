{# What an account of each kind earned in a year, by the revenue pack; no row when it is not enabled. #}
with

product_months as (

    {{ core.import_or_empty('revenue', 'revenue__product_month', {
        'revenue_month': 'date',
        'product_type': 'varchar(24)',
        'revenue_amount': 'decimal(18, 2)',
        'account_count': 'integer'
    }) }}

),

newest as (

    select max(month_start) as month_start
    from {{ ref('int_segmentation__snapshots') }}

),

margins as (

    select
        product_months.product_type,
        {{ core.ratio('12 * sum(product_months.revenue_amount)', 'sum(product_months.account_count)', 2) }}
            as income_per_account
    from product_months
    inner join newest
        on product_months.revenue_month <= newest.month_start
        and product_months.revenue_month > {{ dbt.dateadd('month', -12, 'newest.month_start') }}
    group by product_months.product_type

)

select * from margins
