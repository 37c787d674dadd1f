{#-
    Accounts, customers and cards whose attributes that events carry have changed, and the batch that last changed them.
    Every attribute here makes a change of it rebuild all days of a party's events: those that change often stay out.
-#}
with

{{ core.core__oldest_slot() }},

{{ core.core__attribute_changes(
    'accounts', 'account_id', ['primary_customer_id', 'product_type', 'currency', 'is_internal', 'is_test']
) }},

{{ core.core__attribute_changes('customers', 'customer_id', ['residency_country', 'is_test']) }},

{{ core.core__attribute_changes('cards', 'card_token', [
    'account_id', 'network', 'card_product', 'funding_type', 'regulated_flag'
]) }},

holders as (

    select distinct
        account_id,
        primary_customer_id
    from {{ source('raw_data', 'accounts') }}

),

all_changes as (

    select
        'account' as party,
        account_id as party_id,
        latest_batch
    from accounts_changes
    union all
    select
        'customer' as party,
        customer_id as party_id,
        latest_batch
    from customers_changes
    union all
    select
        'card' as party,
        card_token as party_id,
        latest_batch
    from cards_changes
    union all
    select
        'account' as party,
        holders.account_id as party_id,
        customers_changes.latest_batch
    from customers_changes
    inner join holders
        on customers_changes.customer_id = holders.primary_customer_id

),

final as (

    select
        party,
        party_id,
        max(latest_batch) as latest_batch
    from all_changes
    group by
        party,
        party_id

)

select * from final
