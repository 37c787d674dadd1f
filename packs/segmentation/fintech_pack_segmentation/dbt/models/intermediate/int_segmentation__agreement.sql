{# How far two consecutive snapshots part the same customers alike: the adjusted Rand index of who is there in both. #}
{{ config(materialized='table') }}

with

moves as (

    select
        dimension,
        month_start,
        from_state,
        to_state,
        is_move,
        customer_count
    from {{ ref('segmentation__transitions') }}
    where
        from_state <> 'enter'
        and to_state <> 'exit'

),

with_margins as (

    select
        moves.*,
        sum(customer_count) over (partition by dimension, month_start, from_state) as before_count,
        sum(customer_count) over (partition by dimension, month_start, to_state) as after_count,
        row_number() over (partition by dimension, month_start, from_state order by to_state) as number_before,
        row_number() over (partition by dimension, month_start, to_state order by from_state) as number_after
    from moves

),

pairs as (

    select
        dimension,
        month_start,
        sum(customer_count) as compared_count,
        sum(case when is_move = 1 then customer_count else 0 end) as moved_count,
        sum({{ segmentation__pairs('customer_count') }}) as alike_pairs,
        sum(case when number_before = 1 then {{ segmentation__pairs('before_count') }} else 0 end) as before_pairs,
        sum(case when number_after = 1 then {{ segmentation__pairs('after_count') }} else 0 end) as after_pairs
    from with_margins
    group by dimension, month_start

),

with_chance as (

    select
        pairs.*,
        before_pairs * after_pairs / nullif({{ segmentation__pairs('compared_count') }}, 0) as chance_pairs
    from pairs

),

final as (

    select
        dimension,
        month_start,
        compared_count,
        {{ core.ratio('moved_count', 'compared_count', 6) }} as migration_rate,
        {# Without a divisor all pairs are alike by chance alone, as when everybody is in one segment. #}
        {{ core.ratio('(alike_pairs - chance_pairs)', '((before_pairs + after_pairs) / 2 - chance_pairs)', 6) }}
            as adjusted_rand_index
    from with_chance

)

select * from final
