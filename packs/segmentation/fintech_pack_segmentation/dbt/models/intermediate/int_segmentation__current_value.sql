{# What is to come of each customer by the newest model, the last in order of names. #}
with

lifetime_value as (

    select
        customer_id,
        model_version,
        alive_probability,
        estimate_status,
        expected_spend,
        lifetime_value,
        value_tier
    from {{ ref('segmentation__customer_lifetime_value') }}

),

newest as (

    select max(model_version) as model_version
    from lifetime_value

),

current_value as (

    select
        lifetime_value.customer_id,
        lifetime_value.alive_probability,
        lifetime_value.estimate_status,
        lifetime_value.expected_spend,
        lifetime_value.lifetime_value,
        lifetime_value.value_tier
    from lifetime_value
    inner join newest
        on lifetime_value.model_version = newest.model_version

)

select * from current_value
