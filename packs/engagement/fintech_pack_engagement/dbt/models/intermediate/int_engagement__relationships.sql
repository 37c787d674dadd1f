{{ config(materialized='table') }}

{#-
    From when until when each customer belongs to the bank: what the customer table says, widened by what was done.
    Customers who act without standing in the table belong, too. One row per customer.
-#}
with

customers as (

    select
        customer_id,
        coalesce(party_type, 'unknown') as segment,
        onboarded_date,
        relationship_end_date,
        source_batch_id
    from {{ ref('core', 'customers') }}
    where coalesce(is_test, 0) = 0

),

activity as (

    select
        customer_id,
        min(activity_date) as first_activity_date,
        max(activity_date) as last_activity_date
    from {{ ref('engagement__activity_daily') }}
    group by customer_id

),

parties as (

    select customer_id from customers
    union
    select customer_id from activity

),

joined as (

    select
        parties.customer_id,
        coalesce(customers.segment, 'unknown') as segment,
        customers.onboarded_date,
        customers.relationship_end_date,
        activity.first_activity_date,
        activity.last_activity_date,
        coalesce(customers.source_batch_id, 0) as source_batch_id
    from parties
    left join customers
        on parties.customer_id = customers.customer_id
    left join activity
        on parties.customer_id = activity.customer_id

),

relationships as (

    select
        customer_id,
        segment,
        onboarded_date,
        case
            when onboarded_date < first_activity_date or first_activity_date is null then onboarded_date
            else first_activity_date
        end as start_date,
        case
            when relationship_end_date < last_activity_date then last_activity_date
            else relationship_end_date
        end as end_date,
        source_batch_id
    from joined

)

select * from relationships
