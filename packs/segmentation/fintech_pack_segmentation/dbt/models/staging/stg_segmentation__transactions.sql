{# What counts of a transaction. Corrections take back what they correct: they are nobody's act. #}
{% set corrections = "'refund', 'reversal', 'chargeback', 'representment', 'adjustment', 'fee_reversal'" -%}
with

transactions as (

    select
        transaction_id,
        customer_id,
        event_date_local,
        direction,
        coalesce(channel, 'unknown') as channel,
        coalesce(txn_type, 'unknown') as txn_type,
        customer_initiated_flag,
        is_cash,
        mcc,
        merchant_country,
        amount_base,
        source_batch_id
    from {{ ref('core', 'transactions') }}
    where
        is_excluded = 0
        and customer_id is not null
        and (status is null or status = 'posted')

),

customers as (

    select
        customer_id,
        residency_country
    from {{ ref('core', 'customers') }}

),

with_kind as (

    select
        transactions.*,
        {# When neither kind nor channel tells who made it, a debit is taken for the customer's own. #}
        case
            when txn_type in ({{ corrections }}, 'fee', 'interest_paid', 'interest_charged', 'loan_disbursement') then 0
            when coalesce(customer_initiated_flag, case when direction = 'D' then 1 else 0 end) = 1 then 1
            else 0
        end as is_own_act,
        case
            when txn_type in ('refund', 'reversal', 'chargeback') and direction = 'C' then 1
            when txn_type = 'representment' and direction = 'D' then -1
            else 0
        end as refund_sign
    from transactions

),

final as (

    select
        with_kind.transaction_id,
        with_kind.customer_id,
        with_kind.event_date_local,
        with_kind.mcc,
        with_kind.is_own_act,
        case
            when with_kind.is_own_act = 1 and with_kind.direction = 'D' and with_kind.txn_type <> 'loan_payment'
                then with_kind.amount_base
            else -with_kind.refund_sign * with_kind.amount_base
        end as spend_amount,
        case
            when with_kind.direction = 'C' and with_kind.txn_type not in ({{ corrections }}, 'loan_disbursement')
                then with_kind.amount_base
            when with_kind.direction = 'D' and with_kind.txn_type = 'reversal' then -with_kind.amount_base
            else 0
        end as inflow_amount,
        case
            when with_kind.direction = 'D' and with_kind.txn_type not in ({{ corrections }}) then with_kind.amount_base
            when with_kind.direction = 'C' and with_kind.txn_type = 'fee_reversal' then -with_kind.amount_base
            else -with_kind.refund_sign * with_kind.amount_base
        end as outflow_amount,
        case
            when with_kind.direction = 'C' and with_kind.txn_type = 'payroll' then with_kind.amount_base
            else 0
        end as payroll_inflow_amount,
        case
            when with_kind.direction = 'D' and with_kind.txn_type in ('bill_payment', 'ach_debit') then 1 else 0
        end as is_bill,
        case
            when with_kind.is_own_act = 1 and with_kind.channel in ('web', 'mobile', 'ecom') then 1 else 0
        end as is_digital,
        case when with_kind.is_own_act = 1 and with_kind.is_cash = 1 then 1 else 0 end as is_cash,
        case
            when with_kind.merchant_country is null or customers.residency_country is null then 0
            else with_kind.is_own_act
        end as has_known_country,
        case
            when with_kind.is_own_act = 1 and with_kind.merchant_country <> customers.residency_country then 1
            else 0
        end as is_cross_border,
        case when with_kind.amount_base is null then 1 else 0 end as is_unconverted,
        with_kind.source_batch_id
    from with_kind
    left join customers
        on with_kind.customer_id = customers.customer_id

)

select * from final
