{{ config(materialized='table', meta={'time_column': 'snapshot_date'}) }}

with

products as (

    select
        product_type,
        month_start,
        snapshot_date,
        customer_count,
        holder_count,
        followed_count
    from {{ ref('int_segmentation__product_counts') }}

),

pairs as (

    select
        product_a,
        product_b,
        pair_count,
        had_before_count,
        acquired_count
    from {{ ref('int_segmentation__product_pairs') }}

),

joined as (

    select
        firsts.product_type as product_a,
        seconds.product_type as product_b,
        firsts.month_start,
        firsts.snapshot_date,
        firsts.customer_count,
        firsts.holder_count as holder_count_a,
        seconds.holder_count as holder_count_b,
        coalesce(pairs.pair_count, 0) as pair_count,
        {{ segmentation__when_mapped(
            'accounts', 'opened_date', 'firsts.followed_count - coalesce(pairs.had_before_count, 0)', 'bigint'
        ) }} as followed_count,
        {{ segmentation__when_mapped('accounts', 'opened_date', 'coalesce(pairs.acquired_count, 0)', 'bigint') }}
            as acquired_count
    from products as firsts
    inner join products as seconds
        on firsts.product_type <> seconds.product_type
    left join pairs
        on firsts.product_type = pairs.product_a
        and seconds.product_type = pairs.product_b

),

final as (

    select
        cast(product_a as varchar(24)) as product_a,
        cast(product_b as varchar(24)) as product_b,
        month_start,
        snapshot_date,
        cast(customer_count as integer) as customer_count,
        cast(holder_count_a as integer) as holder_count_a,
        cast(holder_count_b as integer) as holder_count_b,
        cast(pair_count as integer) as pair_count,
        {{ core.ratio('pair_count', 'customer_count', 6) }} as support,
        {{ core.ratio('pair_count', 'holder_count_a', 6) }} as confidence,
        {{ core.ratio(
            '(cast(pair_count as double precision) * customer_count)',
            '(cast(holder_count_a as double precision) * holder_count_b)', 6
        ) }} as lift,
        cast(followed_count as integer) as followed_count,
        cast(acquired_count as integer) as acquired_count,
        {{ core.ratio('acquired_count', 'followed_count', 6) }} as temporal_confidence,
        cast(
            case
                when pair_count >= {{ var('minimum_pair_count') }} and followed_count >= {{ var('minimum_pair_count') }}
                    then 1
                else 0
            end as smallint
        ) as is_reliable,
        {{ core.capability_flags([
            'no_accounts_opened_date', 'no_accounts_closed_date', 'no_accounts_status', 'no_joint'
        ]) }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(null as integer) as source_batch_id
    from joined

)

select * from final
