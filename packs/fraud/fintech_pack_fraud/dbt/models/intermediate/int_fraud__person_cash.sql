{{ config(materialized='table') }}

{#-
    Cash by or on behalf of a person: whoever stood at the counter, and whoever owns the account. Who is both counts
    once, and a joint account's cash is each owner's.
-#}
with

movements as (

    select * from {{ ref('int_fraud__cash_movements') }}

),

accounts as (

    select
        account_id,
        primary_customer_id as customer_id
    from {{ ref('core', 'accounts') }}

),

holders as (

    select
        account_id,
        customer_id
    from {{ ref('core', 'account_holders') }}
    where role in ('primary', 'joint')

),

owners as (

    select
        account_id,
        customer_id
    from accounts
    where customer_id is not null
    union
    select
        account_id,
        customer_id
    from holders

),

involved as (

    select
        movements.transaction_id,
        owners.customer_id,
        0 as is_conductor,
        1 as is_owner
    from movements
    inner join owners
        on movements.account_id = owners.account_id
    union all
    select
        transaction_id,
        conductor_customer_id as customer_id,
        1 as is_conductor,
        0 as is_owner
    from movements
    where conductor_customer_id is not null

),

persons as (

    select
        transaction_id,
        customer_id,
        max(is_conductor) as is_conductor,
        max(is_owner) as is_owner
    from involved
    group by
        transaction_id,
        customer_id

),

final as (

    select
        persons.customer_id,
        persons.is_conductor,
        persons.is_owner,
        movements.transaction_id,
        movements.account_id,
        movements.business_date,
        movements.cash_direction,
        movements.cash_amount,
        movements.branch_id,
        movements.conductor_customer_id,
        movements.source_batch_id
    from persons
    inner join movements
        on persons.transaction_id = movements.transaction_id

)

select * from final
