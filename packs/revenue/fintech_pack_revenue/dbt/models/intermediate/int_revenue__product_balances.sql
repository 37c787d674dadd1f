{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    unique_key='balance_date',
    meta={'event_table': ['balances_daily', 'accounts', 'transactions']}
) }}

{#- End-of-day balances of a product in base currency. Without an exchange rate they add nothing and are counted. -#}
with

touched_days as (

    {{ core.touched_days(['balances_daily', 'transactions']) }}

),

accounts as (

    select
        accounts_history.account_id,
        accounts_history.valid_from,
        accounts_history.valid_to,
        accounts_history.product_type,
        accounts_history.product_code,
        accounts_history.legal_entity_id,
        accounts.currency as account_currency
    from {{ ref('core', 'accounts_history') }} as accounts_history
    inner join {{ ref('core', 'accounts') }} as accounts
        on accounts_history.account_id = accounts.account_id
    where
        accounts.is_internal = 0
        and accounts.is_test = 0

),

{# One number for the attributes: sums over millions of balances go by it and the day. #}
numbered_accounts as (

    select
        accounts.*,
        dense_rank() over (order by product_type, product_code, legal_entity_id, account_currency) as group_number
    from accounts

),

account_groups as (

    select distinct
        group_number,
        product_type,
        product_code,
        legal_entity_id,
        account_currency
    from numbered_accounts

),

balances as (

    select
        account_id,
        balance_date,
        balance_eod,
        currency
    from {{ ref('core', 'balances_daily') }}
    {% if is_incremental() %}
    where balance_date in (select touched_days.event_date_local from touched_days)
    {% endif %}

),

sums as (

    select
        balances.balance_date,
        numbered_accounts.group_number,
        balances.currency,
        sum(balances.balance_eod) as balance_sum,
        count(*) as balance_count
    from balances
    inner join numbered_accounts
        on balances.account_id = numbered_accounts.account_id
        and balances.balance_date >= numbered_accounts.valid_from
        and (balances.balance_date < numbered_accounts.valid_to or numbered_accounts.valid_to is null)
    group by
        balances.balance_date,
        numbered_accounts.group_number,
        balances.currency

),

exchange_rates as (

    select
        from_currency,
        rate_date,
        rate
    from {{ ref('core', 'exchange_rates') }}

),

with_rate as (

    select
        sums.balance_date,
        account_groups.product_type,
        account_groups.product_code,
        account_groups.legal_entity_id,
        sums.balance_sum,
        sums.balance_count,
        cast(
            case
                when coalesce(sums.currency, account_groups.account_currency) = {{ core.base_currency() }} then 1
                else exchange_rates.rate
            end
            as decimal(20, 12)
        ) as exchange_rate
    from sums
    inner join account_groups
        on sums.group_number = account_groups.group_number
    left join exchange_rates
        on coalesce(sums.currency, account_groups.account_currency) = exchange_rates.from_currency
        and sums.balance_date = exchange_rates.rate_date

),

final as (

    select
        balance_date,
        product_type,
        product_code,
        legal_entity_id,
        cast(sum(cast(balance_sum as decimal(18, 2)) * exchange_rate) as decimal(18, 2)) as balance_base,
        cast(sum(case when exchange_rate is null then balance_count else 0 end) as integer) as fx_missing_count
    from with_rate
    group by
        balance_date,
        product_type,
        product_code,
        legal_entity_id

)

select * from final
