{{ config(materialized='ephemeral') }}

{#- Bands of amounts, within each of which no rate's smallest or largest ticket decides. -#}
with

rate_card as (

    select
        ticket_min,
        ticket_max
    from {{ ref('revenue__rate_card') }}

),

starts as (

    select 0 as ticket_floor
    union
    select ticket_min as ticket_floor
    from rate_card
    where ticket_min is not null
    union
    select ticket_max + 0.01 as ticket_floor
    from rate_card
    where ticket_max is not null

),

bands as (

    select
        cast(ticket_floor as decimal(18, 2)) as ticket_floor,
        cast(lead(ticket_floor) over (order by ticket_floor) as decimal(18, 2)) as next_ticket_floor
    from starts

)

select * from bands
