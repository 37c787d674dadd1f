{{ config(materialized='table', meta={'time_column': 'month_start'}) }}

with

customer_months as (

    select
        customer_id,
        month_start,
        month_end,
        is_active,
        is_contractual_only,
        recency_days,
        source_batch_id
    from {{ ref('engagement__customer_month') }}

),

evidence as (

    select
        customer_id,
        month_start,
        salary_points,
        bill_points,
        spending_points,
        balance_points,
        digital_points,
        paycheck_forwarding_share,
        paycheck_motel_flag
    from {{ ref('int_engagement__primary_bank_evidence') }}

),

pointed as (

    select
        customer_months.*,
        evidence.salary_points,
        evidence.bill_points,
        evidence.spending_points,
        evidence.balance_points,
        evidence.digital_points,
        evidence.paycheck_forwarding_share,
        evidence.paycheck_motel_flag,
        coalesce(evidence.salary_points, 0) + coalesce(evidence.bill_points, 0)
        + coalesce(evidence.spending_points, 0) + coalesce(evidence.balance_points, 0)
        + coalesce(evidence.digital_points, 0) as earned_points,
        {{ engagement__available_points() }} as available_points
    from customer_months
    inner join evidence
        on customer_months.customer_id = evidence.customer_id
        and customer_months.month_start = evidence.month_start

),

scored as (

    select
        pointed.*,
        {# Evidence that cannot be had leaves the scale, so that all evidence that is known makes 100. #}
        cast({{ core.ratio('earned_points * 100', 'available_points', 2) }} as decimal(5, 2)) as primary_points
    from pointed

),

decided as (

    select
        scored.*,
        case when primary_points >= {{ var('primary_bank_points') }} then 1 else 0 end as is_primary
    from scored

),

with_history as (

    select
        decided.*,
        lag(month_start, 1) over (partition by customer_id order by month_start) as previous_month,
        lag(is_primary, 1) over (partition by customer_id order by month_start) as was_primary_1,
        lag(is_primary, 2) over (partition by customer_id order by month_start) as was_primary_2,
        lag(is_primary, 3) over (partition by customer_id order by month_start) as was_primary_3,
        lag(is_primary, 4) over (partition by customer_id order by month_start) as was_primary_4
    from decided

),

final as (

    select
        customer_id,
        month_start,
        month_end,
        cast(salary_points as smallint) as salary_points,
        cast(bill_points as smallint) as bill_points,
        cast(spending_points as smallint) as spending_points,
        cast(balance_points as smallint) as balance_points,
        cast(digital_points as smallint) as digital_points,
        cast(available_points as smallint) as available_points,
        primary_points,
        cast(is_primary as smallint) as is_primary,
        {# Who only owes or has money tied up has no reason to come by: that is no inactivity. #}
        cast(
            case
                when is_primary = 1 then 'primary'
                when is_active = 1 or is_contractual_only = 1 then 'secondary'
                when recency_days <= {{ var('inactive_days') }} then 'secondary'
                else 'inactive'
            end
            as varchar(12)
        ) as bank_relationship,
        paycheck_forwarding_share,
        cast(paycheck_motel_flag as smallint) as paycheck_motel_flag,
        case
            when is_primary + was_primary_1 = 0 and was_primary_2 + was_primary_3 + was_primary_4 = 3
                then previous_month
        end as primary_lost_month,
        {{ engagement__primary_bank_flags() }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        source_batch_id
    from with_history

)

select * from final
