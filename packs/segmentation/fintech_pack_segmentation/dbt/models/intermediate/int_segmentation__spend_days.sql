{# What each purchase adds to the spending of its group, as far as the merchant's category is known. #}
with

transactions as (

    select
        customer_id,
        event_date_local,
        mcc,
        spend_amount
    from {{ ref('stg_segmentation__transactions') }}
    where
        mcc is not null
        and spend_amount <> 0

),

mcc_codes as (

    select
        mcc,
        spend_group
    from {{ ref('core', 'mcc_codes') }}

),

spend_days as (

    select
        transactions.customer_id,
        transactions.event_date_local,
        {% for name in segmentation__spend_groups() -%}
        case
            when mcc_codes.spend_group = '{{ name }}' then transactions.spend_amount else 0
        end as {{ name }}_amount,
        {% endfor -%}
        case
            {% for name in segmentation__spend_groups() -%}
            when mcc_codes.spend_group = '{{ name }}' then 0
            {% endfor -%}
            else transactions.spend_amount
        end as remaining_amount
    from transactions
    left join mcc_codes
        on transactions.mcc = mcc_codes.mcc

)

select * from spend_days
