{# What holds offers back: a complaint, contacts by campaigns that were, payments that are late. #}
{{ config(materialized='table') }}

with

newest as (

    select max(snapshot_date) as snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

contacts_complaints as (

    select
        customer_id,
        event_date_local
    from {{ ref('core', 'contacts_complaints') }}
    where contact_type = 'complaint'

),

{# Who is held out as a control was not contacted. #}
campaigns as (

    select
        customer_id,
        cast({{ core.to_local('contacted_at') }} as date) as contacted_date
    from {{ ref('core', 'campaigns') }}
    where coalesce(arm, 'treatment') <> 'control'

),

accounts as (

    select
        account_id,
        days_past_due
    from {{ ref('core', 'accounts') }}
    where days_past_due > 0

),

held_accounts as (

    select
        account_id,
        customer_id
    from {{ ref('int_segmentation__held_accounts') }}

),

facts as (

    select
        customer_id,
        event_date_local as complaint_date,
        0 as contact_count,
        0 as is_in_arrears
    from contacts_complaints

    union all

    select
        campaigns.customer_id,
        cast(null as date) as complaint_date,
        1 as contact_count,
        0 as is_in_arrears
    from campaigns
    cross join newest
    where
        campaigns.contacted_date
        > {{ core.add_days('newest.snapshot_date', -1 * (var('contact_cap_days') | int)) }}

    union all

    select
        held_accounts.customer_id,
        cast(null as date) as complaint_date,
        0 as contact_count,
        1 as is_in_arrears
    from held_accounts
    inner join accounts
        on held_accounts.account_id = accounts.account_id

),

limits as (

    select
        customer_id,
        max(complaint_date) as last_complaint_date,
        sum(contact_count) as contact_count,
        max(is_in_arrears) as is_in_arrears
    from facts
    group by customer_id

)

select * from limits
