{# Who came within the data, by the month of coming: all of them, and again by the channel that brought them. Those who
   left since stay in: a cohort without them would flatter. Who came before the data begin was not seen from the start. #}
with

customer_months as (

    select
        customer_id,
        relationship_since,
        source_batch_id
    from {{ ref('int_segmentation__customer_months') }}

),

customers as (

    select
        customer_id,
        onboarding_channel
    from {{ ref('core', 'customers') }}

),

observed as (

    select max(first_observed_date) as first_date
    from {{ ref('int_segmentation__snapshots') }}

),

newcomers as (

    select
        customer_months.customer_id,
        cast({{ dbt.date_trunc('month', 'customer_months.relationship_since') }} as date) as cohort_month,
        max(customer_months.source_batch_id) as source_batch_id
    from customer_months
    inner join observed
        on customer_months.relationship_since >= observed.first_date
    group by
        customer_months.customer_id,
        cast({{ dbt.date_trunc('month', 'customer_months.relationship_since') }} as date)

),

members as (

    select
        customer_id,
        cohort_month,
        cast('all' as varchar(20)) as segment,
        source_batch_id
    from newcomers

    union all

    {# A segment that customers had when they came: one that they earn later would keep the faithful by definition. #}
    select
        newcomers.customer_id,
        newcomers.cohort_month,
        cast(customers.onboarding_channel as varchar(20)) as segment,
        newcomers.source_batch_id
    from newcomers
    inner join customers
        on newcomers.customer_id = customers.customer_id
        and customers.onboarding_channel is not null

)

select * from members
