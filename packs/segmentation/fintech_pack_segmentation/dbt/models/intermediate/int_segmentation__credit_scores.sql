{# The newest credit score that the bank had by the snapshot: dated by then, and received by then. #}
with

scores as (

    select
        score_id,
        customer_id,
        score_model,
        score_value,
        score_date,
        coalesce(cast(ingested_at as date), score_date) as received_date
    from {{ ref('core', 'credit_scores') }}
    where
        score_date is not null
        and score_value is not null

),

snapshots as (

    select
        month_start,
        snapshot_date
    from {{ ref('int_segmentation__snapshots') }}

),

ranked as (

    select
        scores.customer_id,
        snapshots.month_start,
        scores.score_model,
        scores.score_value,
        {{ segmentation__days_to('scores.score_date', 'snapshots.snapshot_date') }} as score_age_days,
        row_number() over (
            partition by scores.customer_id, snapshots.month_start
            order by scores.score_date desc, scores.received_date desc, scores.score_id desc
        ) as newest_rank
    from scores
    inner join snapshots
        on scores.score_date <= snapshots.snapshot_date
        and scores.received_date <= snapshots.snapshot_date

),

newest as (

    select
        customer_id,
        month_start,
        score_model,
        score_value,
        score_age_days
    from ranked
    where newest_rank = 1

)

select * from newest
