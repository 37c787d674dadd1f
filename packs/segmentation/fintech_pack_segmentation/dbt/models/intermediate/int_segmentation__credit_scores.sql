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

known_scores as (

    select
        scores.*,
        snapshots.month_start,
        snapshots.snapshot_date
    from scores
    inner join snapshots
        on scores.score_date <= snapshots.snapshot_date
        and scores.received_date <= snapshots.snapshot_date

),

{# The newest date first, so that only the scores of that date are ranked. #}
newest_dates as (

    select
        customer_id,
        month_start,
        max(score_date) as score_date
    from known_scores
    group by customer_id, month_start

),

ranked as (

    select
        known_scores.customer_id,
        known_scores.month_start,
        known_scores.score_model,
        known_scores.score_value,
        {{ segmentation__days_to('known_scores.score_date', 'known_scores.snapshot_date') }} as score_age_days,
        row_number() over (
            partition by known_scores.customer_id, known_scores.month_start
            order by known_scores.received_date desc, known_scores.score_id desc
        ) as newest_rank
    from known_scores
    inner join newest_dates
        on known_scores.customer_id = newest_dates.customer_id
        and known_scores.month_start = newest_dates.month_start
        and known_scores.score_date = newest_dates.score_date

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
