{{ config(materialized='table', meta={'time_column': 'business_date'}) }}

{#- Cash in and cash out never offset each other, and exactly the threshold is not above it. -#}
with

cash as (

    select * from {{ ref('int_fraud__person_cash') }}

),

exemptions as (

    select
        customer_id,
        ctr_exempt_flag,
        valid_from,
        valid_to
    from {{ ref('core', 'customers_history') }}
    where ctr_exempt_flag is not null

),

person_days as (

    select
        customer_id,
        business_date,
        cash_direction,
        cast(sum(cash_amount) as decimal(18, 2)) as cash_amount,
        count(*) as transaction_count,
        sum(case when cash_amount is null then 1 else 0 end) as unknown_amount_count,
        count(distinct account_id) as account_count,
        {{ fraud__when_mapped('transactions', 'branch_id', 'count(distinct branch_id)', 'integer') }} as branch_count,
        {{ fraud__when_mapped(
            'transactions', 'conductor_customer_id',
            'sum(case when is_conductor = 1 then cash_amount else 0 end)', 'decimal(18, 2)'
        ) }} as conducted_amount,
        sum(case when is_owner = 1 then cash_amount else 0 end) as owned_amount,
        max(source_batch_id) as source_batch_id
    from cash
    group by
        customer_id,
        business_date,
        cash_direction

),

with_threshold as (

    select
        person_days.*,
        {{ core.parameter('ctr_threshold', 'person_days.business_date', 'decimal(18, 2)') }} as threshold_amount
    from person_days

),

above as (

    select *
    from with_threshold
    where cash_amount > threshold_amount

),

exempt as (

    select
        above.customer_id,
        above.business_date,
        above.cash_direction,
        max(exemptions.ctr_exempt_flag) as is_exempt
    from above
    inner join exemptions
        on above.customer_id = exemptions.customer_id
        and above.business_date >= cast(exemptions.valid_from as date)
        and (above.business_date < cast(exemptions.valid_to as date) or exemptions.valid_to is null)
    group by
        above.customer_id,
        above.business_date,
        above.cash_direction

),

final as (

    select
        cast(above.customer_id as varchar(64)) as customer_id,
        above.business_date,
        cast(above.cash_direction as varchar(3)) as cash_direction,
        above.cash_amount,
        above.threshold_amount,
        cast(above.transaction_count as integer) as transaction_count,
        cast(above.account_count as integer) as account_count,
        cast(above.branch_count as integer) as branch_count,
        cast(above.conducted_amount as decimal(18, 2)) as conducted_amount,
        cast(above.owned_amount as decimal(18, 2)) as owned_amount,
        cast(above.unknown_amount_count as integer) as unknown_amount_count,
        cast(exempt.is_exempt as smallint) as is_exempt,
        {{ core.add_days('above.business_date', 15) }} as due_date,
        {{ fraud__cash_capability_flags() }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(above.source_batch_id as integer) as source_batch_id
    from above
    left join exempt
        on above.customer_id = exempt.customer_id
        and above.business_date = exempt.business_date
        and above.cash_direction = exempt.cash_direction

)

select * from final
