{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='event_date_local',
    meta={
        'event_table': ['transactions', 'fraud_labels', 'login_activity', 'balances_daily'],
        'reach_days': 36500,
        'time_column': 'event_ts'
    }
) }}

with

hits as (

    select * from {{ ref('int_fraud__fired_rules') }}

),

catalogue as (

    select
        rule_id,
        rule_version,
        family,
        severity,
        points,
        reason_code
    from {{ ref('fraud__rule_catalogue') }}

),

final as (

    select
        hits.transaction_id,
        cast(hits.rule_id as varchar(8)) as rule_id,
        cast(catalogue.rule_version as integer) as rule_version,
        cast(catalogue.family as varchar(24)) as family,
        cast(catalogue.severity as varchar(12)) as severity,
        cast(
            case
                when ',' || replace({{ var('shadow_rules') }}, ' ', '') || ',' like '%,' || hits.rule_id || ',%'
                    then 'shadow'
                else 'active'
            end
            as varchar(8)
        ) as status,
        cast(catalogue.points as integer) as points,
        cast(catalogue.reason_code as varchar(12)) as reason_code,
        cast('rule' as varchar(12)) as method_class,
        cast(hits.evidence as varchar(400)) as evidence,
        hits.account_id,
        hits.customer_id,
        hits.event_ts,
        hits.event_date_local,
        hits.channel,
        hits.product_type,
        hits.txn_type,
        hits.amount_base,
        hits.capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        hits.source_batch_id
    from hits
    inner join catalogue
        on hits.rule_id = catalogue.rule_id

)

select * from final
