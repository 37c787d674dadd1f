{{ config(materialized='table') }}

{#-
    What refunds, chargebacks, representments and reversals of the days to build go back to: the payment, fee or
    interest at the end of at most three links within the account.
-#}
{%- set linked -%}
transactions.transaction_id as linked_transaction_id,
        transactions.event_date_local,
        transactions.txn_type,
        transactions.amount,
        transactions.currency,
        transactions.fee_code,
        transactions.is_posted,
        transactions.original_transaction_id
{%- endset %}

with

days_to_build as (

    select event_date_local
    from {{ ref('int_revenue__days_to_build') }}

),

followers as (

    select
        transaction_id,
        account_id,
        original_transaction_id
    from {{ ref('stg_revenue__transactions') }}
    where
        is_posted = 1
        and original_transaction_id is not null
        and txn_type in {{ revenue__following_kinds() }}
        and event_date_local in (select days_to_build.event_date_local from days_to_build)

),

transactions as (

    select
        transaction_id,
        account_id,
        event_date_local,
        txn_type,
        amount,
        currency,
        fee_code,
        is_posted,
        original_transaction_id
    from {{ ref('stg_revenue__transactions') }}

),

first_links as (

    select
        followers.transaction_id,
        followers.account_id,
        {{ linked }}
    from followers
    inner join transactions
        on followers.original_transaction_id = transactions.transaction_id
        and followers.account_id = transactions.account_id

),

{% for link, before in [('second_links', 'first_links'), ('third_links', 'second_links')] -%}
{{ link }} as (

    select
        {{ before }}.transaction_id,
        {{ before }}.account_id,
        {{ linked }}
    from {{ before }}
    inner join transactions
        on {{ before }}.original_transaction_id = transactions.transaction_id
        and {{ before }}.account_id = transactions.account_id
    where {{ before }}.txn_type not in {{ revenue__original_kinds() }}

),

{% endfor -%}
links as (

    select * from first_links
    union all
    select * from second_links
    union all
    select * from third_links

),

final as (

    select
        transaction_id,
        linked_transaction_id as root_transaction_id,
        event_date_local as root_date,
        txn_type as root_txn_type,
        amount as root_amount,
        currency as root_currency,
        fee_code as root_fee_code,
        is_posted as is_root_posted
    from links
    where txn_type in {{ revenue__original_kinds() }}

)

select * from final
