{{ config(materialized='table', meta={'time_column': 'snapshot_date'}) }}

with

offers as (

    select * from {{ ref('int_segmentation__offers') }}

),

margins as (

    select
        product_type,
        income_per_account
    from {{ ref('int_segmentation__product_margins') }}

),

known as (

    select case when count(*) > 0 then 1 else 0 end as has_income
    from margins
    where income_per_account is not null

),

valued as (

    select
        offers.*,
        known.has_income,
        margins.income_per_account,
        cast(offers.temporal_confidence * margins.income_per_account as decimal(18, 2)) as expected_income
    from offers
    cross join known
    left join margins
        on offers.product_type = margins.product_type

),

{# By what it is worth, if the bank's income is known, and else by how often it follows; what nothing but its spread
   speaks for comes last. #}
ranked as (

    select
        valued.*,
        row_number() over (
            partition by customer_id
            order by
                case when temporal_confidence is null then 1 else 0 end asc,
                coalesce(expected_income, 0) desc,
                coalesce(temporal_confidence, 0) desc,
                holder_share desc,
                product_type asc
        ) as offer_rank
    from valued

),

final as (

    select
        customer_id,
        month_start,
        snapshot_date,
        cast(product_type as varchar(24)) as product_type,
        cast(offer_rank as smallint) as offer_rank,
        cast(case when temporal_confidence is null then 'spread' else 'affinity' end as varchar(12)) as basis,
        cast(because_of_product as varchar(24)) as because_of_product,
        temporal_confidence,
        holder_share,
        income_per_account,
        expected_income,
        cast(
            case
                when product_type in {{ segmentation__credit_products() }} then 'eligible for invitation'
                else 'offer'
            end as varchar(24)
        ) as offer_kind,
        {{ segmentation__flags([
            'no_customers_kyc_status', 'no_customers_consent_profiling', 'no_customers_deceased_flag',
            'no_customers_birth_year', 'no_customers_vulnerable_flag', 'no_accounts_days_past_due', 'no_accounts_opened_date', 'no_contact',
            'no_campaigns', 'no_joint'
        ], 'has_income') }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(source_batch_id as integer) as source_batch_id
    from ranked
    where offer_rank <= {{ var('offer_count') }}

)

select * from final
