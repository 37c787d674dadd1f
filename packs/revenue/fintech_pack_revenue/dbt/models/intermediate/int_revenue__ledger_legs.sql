{{ config(materialized='ephemeral') }}

{#- What the days to build bring to the ledger: interchange, scheme fees, fees with their contra, interest. -#}
{%- set carried -%}
account_id,
        customer_id,
        product_type,
        product_code,
        legal_entity_id,
        event_date_local as effective_date,
        posting_date,
        currency,
        fx_rate_id,
        source_batch_id
{%- endset %}

with

days_to_build as (

    select event_date_local
    from {{ ref('int_revenue__days_to_build') }}

),

interchange as (

    select * from {{ ref('revenue__interchange') }}
    where event_date_local in (select days_to_build.event_date_local from days_to_build)

),

fee_events as (

    select * from {{ ref('revenue__fee_event') }}
    where event_date_local in (select days_to_build.event_date_local from days_to_build)

),

interest as (

    select
        *,
        coalesce(root_txn_type, txn_type) as interest_kind,
        {{ revenue__sign('direction') }} as sign
    from {{ ref('int_revenue__entries') }}
    where
        is_entry = 1
        and (
            txn_type in ('interest_charged', 'interest_paid')
            or (txn_type = 'reversal' and root_txn_type in ('interest_charged', 'interest_paid'))
        )

),

interchange_legs as (

    select
        transaction_id,
        'interchange' as leg,
        case when txn_type = 'purchase' then 'interchange_income' else 'interchange_refund' end as line,
        interchange_amount as amount,
        interchange_amount_base as amount_base,
        rate_id,
        method,
        reverses_transaction_id,
        'interchange' as reversed_leg,
        {{ carried }}
    from interchange
    where interchange_amount is not null

),

scheme_fee_legs as (

    select
        transaction_id,
        'scheme_fee' as leg,
        'scheme_fee' as line,
        -1 * scheme_fee_amount as amount,
        -1 * scheme_fee_amount_base as amount_base,
        cast(null as varchar(40)) as rate_id,
        'actual' as method,
        cast(null as varchar(64)) as reverses_transaction_id,
        'scheme_fee' as reversed_leg,
        {{ carried }}
    from interchange
    where scheme_fee_amount <> 0

),

{# A fee that is waived as it is charged is reversed by its own waiver. #}
{% for part, leg, line, sign, reversed in [
    ('gross', 'fee', 'fee_line', 1, 'cast(null as varchar(64))'),
    (
        'waived', 'waiver', "'fee_waiver'", -1,
        "case when event_kind = 'charge' then transaction_id else reverses_transaction_id end"
    ),
    ('reversed', 'reversal', "'fee_reversal'", -1, 'reverses_transaction_id'),
] -%}
{{ part }}_fee_legs as (

    select
        transaction_id,
        '{{ leg }}' as leg,
        {{ line }} as line,
        {{ sign }} * {{ part }}_amount as amount,
        {{ sign }} * {{ part }}_amount_base as amount_base,
        cast(null as varchar(40)) as rate_id,
        'actual' as method,
        {{ reversed }} as reverses_transaction_id,
        'fee' as reversed_leg,
        {{ carried }}
    from fee_events
    where {{ part }}_amount <> 0

),

{% endfor -%}
{# Money that customers are charged is income, money that they are paid is expense: a sign of its own is no error. #}
interest_legs as (

    select
        transaction_id,
        'interest' as leg,
        case when interest_kind = 'interest_charged' then 'interest_income' else 'interest_expense' end as line,
        sign * amount as amount,
        sign * {{ revenue__booked_base() }} as amount_base,
        cast(null as varchar(40)) as rate_id,
        'actual' as method,
        case when is_root_posted = 1 then root_transaction_id end as reverses_transaction_id,
        'interest' as reversed_leg,
        {{ carried }}
    from interest

),

all_legs as (

    {% for leg in ['interchange', 'scheme_fee', 'gross_fee', 'waived_fee', 'reversed_fee', 'interest'] -%}
    select * from {{ leg }}_legs
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

)

select * from all_legs
