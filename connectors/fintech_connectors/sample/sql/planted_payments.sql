-- Planted payments. `rule` names the rule of a pack that the row itself is meant to trip.
create macro planned_at(day, minutes) as utc_of(day::timestamp + to_minutes(minutes::bigint));

-- Card testing: tiny purchases from afar within the hour, one declined and one taken back, then a large one.
insert into planted_entries by name
select
    planned_number(plan, i) as n, a, c, planned_at(day, 125 + i * 7) as ts, cents(0.4 + (hash(h, i) % 150) / 100.0) as amount,
    false as is_credit, 'purchase' as kind, case i when 1 then 'declined' when 3 then 'reversed' else 'posted' end as status, 'ecom' as channel,
    1590000 + (hash(h, i) % getvariable('online_shops'))::integer as merchant, a * 10 + 1 as card, 0 as is_present, 'ecommerce' as entry_mode,
    -plan as device, scenario
from plans, range(0, 5) as steps(i)
where kind = 'card_testing'
union all by name
select
    planned_number(plan, 5) as n, a, c, planned_at(day, 149) as ts, amount, true as is_credit, 'reversal' as kind, 'posted' as status,
    'ecom' as channel, planned_number(plan, 3) as original, a * 10 + 1 as card, scenario
from (select plans.*, cents(0.4 + (hash(h, 3) % 150) / 100.0) as amount from plans where kind = 'card_testing') as tested
union all by name
select
    planned_number(plan, 6) as n, a, c, planned_at(day, 165) as ts, cents(1300 + h % 1200) as amount, false as is_credit,
    'purchase' as kind, 'posted' as status, 'ecom' as channel, 790000 as merchant, a * 10 + 1 as card, 0 as is_present,
    'ecommerce' as entry_mode, -plan as device, scenario, 'T06' as rule
from plans
where kind = 'card_testing';

-- After a takeover, money leaves for a payee that the customer never paid.
insert into planted_entries by name
select
    planned_number(plan, i) as n, a, c, planned_at(day, 205 + i * 25) as ts, cents(1400 + hash(h, i) % 2600) as amount, false as is_credit,
    case i when 0 then 'p2p_out' else 'wire_out' end as kind, 'web' as channel, concat('account of ', scenario, ' ', i) as payee, 'RO' as payee_country,
    -plan as device, scenario, 'T05' as rule
from plans, range(0, 2) as steps(i)
where kind = 'account_takeover';

-- Structuring: cash just below the threshold on working days near each other; the decoy does it twice only.
insert into planted_entries by name
select
    planned_number(plan, i) as n, a, c, planned_at(business_days.day, 600 + hash(h, i) % 300) as ts,
    (case kind when 'structuring' then 8200 + 50 * (hash(h, i) % 29) else 9900 end)::decimal(18, 2) as amount, true as is_credit, 'cash_deposit' as kind,
    'branch' as channel, ((h + i) % 3)::integer as branch, scenario, case kind when 'structuring' then 'F9' end as rule
from (
    select plans.*, (select min(business_days.position) from business_days where business_days.day >= plans.day) as starts from plans
) as plans
cross join range(0, 5) as steps(i)
inner join business_days on business_days.position = plans.starts + case kind when 'structuring' then i else 2 * i end
where kind = 'structuring' or (kind = 'structuring_decoy' and i < 2);

-- Two deposits of one working day that need a currency transaction report together.
insert into planted_entries by name
select
    planned_number(plan, i) as n, a, c, planned_at(near.day, 610 + i * 130) as ts, (case i when 0 then 6000 else 4500 end)::decimal(18, 2) as amount,
    true as is_credit, 'cash_deposit' as kind, 'branch' as channel, (2 + i)::integer as branch, scenario, 'F10' as rule
from (
    select plans.* replace ((select min(business_days.day) from business_days where business_days.day >= plans.day) as day) from plans
) as near, range(0, 2) as steps(i)
where kind = 'large_cash' and near.day is not null;

-- A mule: several strangers pay in, and most of it leaves within hours.
insert into planted_entries by name
select
    planned_number(plan, i) as n, a, c, planned_at(day, 540 + i * 40) as ts, cents(500 + hash(h, i) % 900) as amount, true as is_credit,
    'p2p_in' as kind, 'mobile' as channel, concat('stranger of ', scenario, ' ', i) as payee, scenario, 'F11' as rule
from plans, range(0, 4) as steps(i)
where kind = 'mule'
union all by name
select
    planned_number(plan, 9) as n, a, c, planned_at(day, 840) as ts,
    cents(0.93 * (2000 + hash(h, 0) % 900 + hash(h, 1) % 900 + hash(h, 2) % 900 + hash(h, 3) % 900)) as amount, false as is_credit,
    'wire_out' as kind, 'mobile' as channel, concat('collector of ', scenario) as payee, 'CY' as payee_country, c::bigint * 10 as device,
    scenario, 'F11' as rule
from plans
where kind = 'mule';

-- A sleeper wakes with a large payment.
insert into planted_entries by name
select
    planned_number(plan, 0) as n, a, c, planned_at(day, 700) as ts, cents(650 + h % 900) as amount, false as is_credit, 'p2p_out' as kind,
    'web' as channel, concat('payee of ', scenario) as payee, -plan as device, scenario, 'T11' as rule
from plans
where kind = 'dormant_wake_up';

-- Bursts: many payments, or many refused ones, of an account within the hour; a purchase charged twice; a listed country.
insert into planted_entries by name
select
    planned_number(plan, i) as n, a, c, planned_at(day, 900 + i * 5) as ts, cents(18 + hash(h, i) % 60) as amount, false as is_credit,
    'purchase' as kind, case kind when 'declined_burst' then 'declined' else 'posted' end as status, 'pos' as channel,
    (item([0, 5, 6, 10], hash(h, i))) * 100000 + place * 1000 + (hash(h, i) % getvariable('shops'))::integer as merchant,
    a * 10 + 1 as card, 1 as is_present, 'chip' as entry_mode, scenario,
    case when kind = 'velocity_burst' and i >= 5 then 'T01' end as rule
from plans, range(0, 8) as steps(i)
where kind = 'velocity_burst' or (kind = 'declined_burst' and i < 4)
union all by name
select
    planned_number(plan, 9) as n, a, c, planned_at(day, 922) as ts, 25.00 as amount, false as is_credit, 'purchase' as kind, 'posted' as status,
    'pos' as channel, place * 1000 as merchant, a * 10 + 1 as card, 1 as is_present, 'chip' as entry_mode, scenario, 'T03' as rule
from plans
where kind = 'declined_burst'
union all by name
select
    planned_number(plan, i) as n, a, c, planned_at(day, 1000) + to_seconds(40 * i) as ts, cents(22 + h % 90) as amount, false as is_credit,
    'purchase' as kind, 'posted' as status, 'pos' as channel, 500000 + place * 1000 as merchant, a * 10 + 1 as card, 1 as is_present,
    'chip' as entry_mode, scenario, case i when 1 then 'T14' end as rule
from plans, range(0, 2) as steps(i)
where kind = 'double_charge'
union all by name
select
    planned_number(plan, 0) as n, a, c, planned_at(day, 620) as ts, cents(210 + h % 300) as amount, false as is_credit, 'purchase' as kind,
    'posted' as status, 'pos' as channel, 570000 as merchant, a * 10 + 1 as card, 1 as is_present, 'magstripe' as entry_mode, scenario, 'T08' as rule
from plans
where kind = 'listed_country';
