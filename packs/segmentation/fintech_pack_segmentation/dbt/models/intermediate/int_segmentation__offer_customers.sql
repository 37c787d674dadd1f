{# Whom something may be offered: consent that is known, a checked identity, full age, and nobody who is dead or
   vulnerable, has complained or was contacted often enough. A consent that the bank does not map is not given. #}
{{ config(materialized='table') }}

with

newest as (

    select max(snapshot_date) as snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

relationships as (

    select
        customer_id,
        snapshot_date,
        source_batch_id
    from {{ ref('int_segmentation__relationships') }}
    where is_closed = 0

),

customers as (

    select
        customer_id,
        coalesce(party_type, 'individual') as party_type,
        birth_year
    from {{ ref('core', 'customers') }}
    where
        consent_marketing = 1
        and coalesce(consent_profiling, 1) = 1
        and coalesce(deceased_flag, 0) = 0
        and coalesce(vulnerable_flag, 0) = 0
        and {{ segmentation__is_identified('kyc_status') }}

),

limits as (

    select
        customer_id,
        last_complaint_date,
        contact_count,
        is_in_arrears
    from {{ ref('int_segmentation__offer_limits') }}

),

eligible as (

    select
        relationships.customer_id,
        relationships.snapshot_date,
        relationships.source_batch_id,
        {{ segmentation__may_borrow('limits.is_in_arrears') }} as may_borrow
    from relationships
    inner join newest
        on relationships.snapshot_date = newest.snapshot_date
    inner join customers
        on relationships.customer_id = customers.customer_id
    left join limits
        on relationships.customer_id = limits.customer_id
    where
        coalesce(limits.contact_count, 0) < {{ var('contact_cap') }}
        and (
            limits.last_complaint_date is null
            or limits.last_complaint_date
            <= {{ core.add_days('newest.snapshot_date', -1 * (var('complaint_days') | int)) }}
        )
        and {{ segmentation__is_of_age('customers.party_type', 'customers.birth_year', 'newest.snapshot_date') }}

)

select * from eligible
