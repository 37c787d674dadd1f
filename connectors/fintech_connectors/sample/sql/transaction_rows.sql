-- Entries as the bank's file has them: under the contract's names, keys as text, enriched from account and place.
create macro transaction_rows(entries_table) as table
with

sourced as (

    select
        source.*,
        books.place as home,
        books.currency as account_currency,
        books.slot,
        categories.mcc,
        (source.merchant // 1000) % 100 as shop_place,
        hash(source.n, 'row', seed()) as h,
        source.ts + to_seconds(
            case when source.kind in ('purchase', 'cash_withdrawal') then 20 + hash(source.n) % 900 else 3600 + hash(source.n) % 18000 end::bigint
        ) as known_at
    from query_table(entries_table) as source
    left join books on source.a = books.a
    left join categories on source.merchant // 100000 = categories.category

),

placed as (

    select
        sourced.*,
        places.country,
        places.postal_area,
        places.lat,
        places.lon
    from sourced
    left join places on sourced.shop_place = places.place and sourced.merchant is not null

),

with_interchange as (

    select
        *,
        case
            when card is null or status in ('declined', 'authorized', 'expired') or mcc is null then null
            when kind not in ('purchase', 'refund', 'reversal', 'chargeback', 'representment') then null
            when kind = 'refund' and is_unreversed(n) then 0
            else case when is_credit then -1 else 1 end * case when slot = 3 then amount * 0.0165 + 0.10 else amount * 0.0005 + 0.21 end
                * case when is_downgraded(slot, mcc, entry_mode, kind) then 0.6 else 1 end
        end as interchange
    from placed

),

-- Sorted while rows are narrow: the texts that files hold are made of sorted rows.
sorted as (

    select *
    from with_interchange
    order by known_at, n

)

select
    transaction_key(n) as transaction_id,
    account_key(a) as account_id,
    customer_key(c) as customer_id,
    ts as event_ts,
    booked as posted_date,
    booked as value_date,
    known_at as ingested_at,
    amount,
    case when is_credit then 'C' else 'D' end as direction,
    coalesce(currency, account_currency, 'USD') as currency,
    kind as txn_type,
    status,
    transaction_key(original) as original_transaction_id,
    channel,
    initiated as customer_initiated_flag,
    case when kind in ('cash_deposit', 'cash_withdrawal') then 1 else 0 end::smallint as is_cash,
    coalesce(mcc, case when kind = 'cash_withdrawal' then '6011' end) as mcc,
    'M' || (10000000 + merchant) as merchant_id,
    case when shop_place = 90 then 'US' else country end as merchant_country,
    postal_area as merchant_postal,
    card_key(card) as card_token,
    case when card is not null then case when card % 10 < 5 and (card // 10) % 7 < 5 then 'visa' else 'mastercard' end end as network,
    case when card is null then null when slot = 3 then 'rewards' else 'classic' end as card_product,
    case when card is null then null when slot = 3 then 'credit' else 'debit' end as funding_type,
    is_present as card_present_flag,
    entry_mode,
    case when card is null or is_credit then null when status = 'declined' then item(['51', '05', '61'], h >> 30) else '00' end as auth_result,
    round(interchange, 4)::decimal(18, 4) as interchange_amount,
    case when interchange is not null then round(amount * 0.0013, 4) end::decimal(18, 4) as scheme_fee_amount,
    party_key(payee) as counterparty_account_hash,
    case when payee is not null then 'bank-' || length(payee) % 7 end as counterparty_bank,
    case when payee is not null then coalesce(payee_country, 'US') end as counterparty_country,
    device_key(device) as device_id,
    case when device >= 0 then home_prefix(c) end as ip_prefix,
    case when device is not null then case when device < 0 then 'CY' else 'US' end end as ip_country,
    case when is_present = 1 then (lat + (hash(merchant, 'lat') % 2000) / 20000.0 - 0.05)::decimal(9, 6) end as lat,
    case when is_present = 1 then (lon + (hash(merchant, 'lon') % 2000) / 20000.0 - 0.05)::decimal(9, 6) end as lon,
    case when is_present = 1 then 0.050 end::decimal(9, 3) as geo_accuracy_km,
    'B' || (100 + branch) as branch_id,
    case when channel = 'branch' and kind like 'cash%' then customer_key(c) end as conductor_customer_id,
    fee_code,
    is_waived::varchar as fee_waived_flag,
    case when payee is not null and not is_credit then split_part(payee, ' ', 1) end as description_category
from sorted;

-- One kind of sale brings less interchange than the rates say, and one refund in twelve keeps it.
create macro is_downgraded(slot, mcc, entry_mode, kind) as slot = 1 and mcc = '5311' and entry_mode = 'magstripe' and kind = 'purchase';
create macro is_unreversed(n) as hash(n, 'interchange kept', seed()) % 12 = 0;
create macro home_prefix(c) as concat('10.', hash(c, 'network', seed()) % 256, '.', (hash(c, 'network', seed()) >> 8) % 256, '.0/24');
create macro home_network(c) as concat('AS', 64512 + hash(c, 'network', seed()) % 12);
