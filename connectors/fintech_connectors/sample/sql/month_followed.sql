-- What follows from purchases: authorisations before some, refunds, reversals and chargebacks after others.
create or replace temp table purchases as
select
    n, a, c, ts, amount, kind, status, channel, merchant, card, is_present, entry_mode, device, currency,
    hash(n, 'follow-up', seed()) as h
from entries
where kind = 'purchase' and status in ('posted', 'reversed') and scenario is null;

insert into entries by name
with authorised as (
    select * from purchases where status = 'posted' and ((merchant // 100000) in (3, 18, 1) or (h % 100) < 2) and (h >> 20) % 3 = 0
)
select
    derived_number(n, 60) as n, a, c, ts - to_seconds((3600 + (h >> 30) % 200000)::bigint) as ts,
    cents(amount * (0.8 + ((h >> 8) % 20) / 100.0)) as amount, false as is_credit, kind, 'authorized' as status,
    channel, merchant, card, is_present, entry_mode, device, currency
from authorised
where cast(local_time(ts - to_seconds((3600 + (h >> 30) % 200000)::bigint)) as date) >= month_first();

update entries
set original = derived_number(n, 60)
where
    kind = 'purchase' and status = 'posted' and scenario is null
    and derived_number(n, 60) in (select held.n from entries as held where held.status = 'authorized');

insert into entries by name
select
    derived_number(n, 61) as n, a, c, ts + to_seconds((120 + (h >> 20) % 1500)::bigint) as ts, amount,
    true as is_credit, 'reversal' as kind, channel, n as original, merchant, card, is_present, entry_mode, currency
from purchases
where status = 'reversed';

insert into entries by name
select
    derived_number(n, 62) as n, a, c, ts + to_seconds((86400 + (h >> 20) % 900000)::bigint) as ts,
    case when (h >> 50) % 4 = 0 then cents(amount * 0.5) else amount end as amount,
    true as is_credit, 'refund' as kind, channel, n as original, merchant, card, is_present, entry_mode, currency
from purchases
where status = 'posted' and h % 1000 between 100 and 116 and (merchant // 100000) not in (0, 1, 2, 3, 9, 24, 30, 31);

insert into entries by name
select
    derived_number(n, 63) as n, a, c, ts + to_days((15 + (h >> 20) % 35)::integer) as ts, amount,
    true as is_credit, 'chargeback' as kind, 'system' as channel, n as original, merchant, card, is_present,
    entry_mode, currency
from purchases
where status = 'posted' and h % 5000 = 77;

insert into entries by name
select
    derived_number(n, 64) as n, a, c, ts + to_days((60 + (h >> 20) % 20)::integer) as ts, amount,
    false as is_credit, 'representment' as kind, 'system' as channel, n as original, merchant, card, is_present,
    entry_mode, currency
from purchases
where status = 'posted' and h % 5000 = 77 and (h >> 50) % 3 = 0;

-- A purchase in other money costs a fee of three in a hundred.
insert into entries by name
select
    derived_number(entries.n, 65) as n, entries.a, entries.c, entries.ts,
    cents(entries.amount * rates.rate * 0.03) as amount, false as is_credit, 'fee' as kind, 'system' as channel,
    entries.n as original, 'FOREIGN' as fee_code
from entries
inner join exchange_rates as rates
    on entries.currency = rates.currency and cast(local_time(entries.ts) as date) = rates.rate_date
where entries.kind = 'purchase' and entries.status = 'posted' and entries.currency <> 'USD';
