{# The limit of each credit card as the bank knew it at the snapshot, in base currency. #}
with

account_months as (

    select
        account_id,
        month_start,
        snapshot_date,
        currency
    from {{ ref('int_segmentation__account_months') }}
    where side = 'card'

),

accounts_history as (

    select
        account_id,
        cast(valid_from as date) as valid_from_date,
        coalesce(cast(valid_to as date), cast('9999-12-31' as date)) as valid_to_or_never,
        credit_limit
    from {{ ref('core', 'accounts_history') }}
    where credit_limit is not null

),

exchange_rates as (

    select
        from_currency,
        rate_date,
        rate
    from {{ ref('core', 'exchange_rates') }}

),

card_limits as (

    select
        account_months.account_id,
        account_months.month_start,
        max(
            case
                when account_months.currency = {{ core.base_currency() }} then accounts_history.credit_limit
                else accounts_history.credit_limit * exchange_rates.rate
            end
        ) as credit_limit
    from account_months
    inner join accounts_history
        on account_months.account_id = accounts_history.account_id
        and account_months.snapshot_date >= accounts_history.valid_from_date
        and account_months.snapshot_date < accounts_history.valid_to_or_never
    left join exchange_rates
        on account_months.currency = exchange_rates.from_currency
        and account_months.snapshot_date = exchange_rates.rate_date
    group by account_months.account_id, account_months.month_start

)

select * from card_limits
