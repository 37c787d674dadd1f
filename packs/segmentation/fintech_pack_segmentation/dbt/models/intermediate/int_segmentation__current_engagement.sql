{# What the engagement pack says of each customer in its newest month; no row when it is not enabled. #}
with

customer_months as (

    {{ core.import_or_empty('engagement', 'engagement__customer_month', {
        'customer_id': 'varchar(64)',
        'month_start': 'date',
        'active_days': 'integer'
    }) }}

),

primary_bank as (

    {{ core.import_or_empty('engagement', 'engagement__primary_bank', {
        'customer_id': 'varchar(64)',
        'month_start': 'date',
        'is_primary': 'smallint',
        'bank_relationship': 'varchar(12)'
    }) }}

),

newest as (

    select max(month_start) as month_start
    from customer_months

),

current_engagement as (

    select
        customer_months.customer_id,
        customer_months.active_days,
        primary_bank.is_primary,
        primary_bank.bank_relationship
    from customer_months
    inner join newest
        on customer_months.month_start = newest.month_start
    left join primary_bank
        on customer_months.customer_id = primary_bank.customer_id
        and customer_months.month_start = primary_bank.month_start

)

select * from current_engagement
