{{ config(materialized='table') }}

{#-
    The touched days, and the days of refunds, reversals and the like whose original lies on a touched day: they carry
    the original's rate.
-#}
with

touched_days as (

    {{ core.touched_days(['transactions', 'cards'], reach_days=0, reach_back_days=0) }}

),

changed as (

    select transaction_id
    from {{ ref('core', 'transactions') }}
    where event_date_local in (select touched_days.event_date_local from touched_days)

),

followers as (

    select
        transaction_id,
        original_transaction_id,
        event_date_local
    from {{ ref('stg_revenue__transactions') }}
    where
        original_transaction_id is not null
        and txn_type in {{ revenue__following_kinds() }}

),

first_followers as (

    select
        followers.transaction_id,
        followers.event_date_local
    from followers
    inner join changed
        on followers.original_transaction_id = changed.transaction_id

),

second_followers as (

    select
        followers.transaction_id,
        followers.event_date_local
    from followers
    inner join first_followers
        on followers.original_transaction_id = first_followers.transaction_id

),

third_followers as (

    select followers.event_date_local
    from followers
    inner join second_followers
        on followers.original_transaction_id = second_followers.transaction_id

),

final as (

    select event_date_local from touched_days
    union
    select event_date_local from first_followers
    union
    select event_date_local from second_followers
    union
    select event_date_local from third_followers

)

select * from final
