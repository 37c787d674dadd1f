with

fx_rates as (

    select
        rate_date,
        from_currency,
        to_currency,
        rate
    from {{ ref('core', 'fx_rates') }}
    where rate > 0

),

{# A rate that is quoted the other way round serves where none is quoted directly. #}
into_base as (

    select
        from_currency,
        rate_date,
        cast(rate as decimal(20, 12)) as rate,
        {{ core.core__fx_rate_id() }} as fx_rate_id,
        1 as preference
    from fx_rates
    where to_currency = {{ core.core__base_currency() }} and from_currency <> to_currency
    union all
    select
        to_currency as from_currency,
        rate_date,
        {{ core.ratio(1, 'rate', 12) }} as rate,
        {{ core.core__fx_rate_id() }} as fx_rate_id,
        2 as preference
    from fx_rates
    where from_currency = {{ core.core__base_currency() }} and from_currency <> to_currency

),

preferred as (

    select
        into_base.*,
        row_number() over (partition by from_currency, rate_date order by preference) as preference_rank
    from into_base

),

quoted as (

    select
        from_currency,
        rate_date,
        rate,
        fx_rate_id,
        lead(rate_date) over (partition by from_currency order by rate_date) as next_rate_date
    from preferred
    where preference_rank = 1

),

days_later as (

    {{ core.numbers(7) }}

),

{# A day without a rate takes the last one of the seven days before it. #}
carried as (

    select
        quoted.from_currency,
        {{ core.add_days('quoted.rate_date', 'days_later.number') }} as rate_date,
        quoted.rate,
        quoted.fx_rate_id,
        quoted.rate_date as quoted_date
    from quoted
    cross join days_later
    where
        quoted.next_rate_date is null
        or {{ core.add_days('quoted.rate_date', 'days_later.number') }} < quoted.next_rate_date

)

select * from carried
