-- Planted payments that only the customer's own habits make suspicious: how much, how fast, where and when.

-- Savings that arrive and leave the same day in three transfers; and one invoice, far above anything paid before, to a swindler.
insert into planted_entries by name
select
    planned_number(plan, i) as n, a, c, planned_at(day, 780 + i * 45) as ts, cents(3400 + hash(h, i) % 1100) as amount, false as is_credit,
    'wire_out' as kind, 'web' as channel, concat('broker of ', scenario) as payee, c::bigint * 10 as device, scenario,
    case i when 2 then 'T02' end as rule
from plans, range(0, 3) as steps(i)
where kind = 'outflow_burst'
union all by name
select
    planned_number(plan, 0) as n, a, c, planned_at(day, 870) as ts, cents(34000 + h % 9000) as amount, false as is_credit, 'wire_out' as kind,
    'web' as channel, concat('invoice of ', scenario) as payee, 'CY' as payee_country, c::bigint * 10 as device, scenario, 'T04' as rule
from plans
where kind = 'payment_diversion'
union all by name
select
    planned_number(plan, 9) as n, a, c, planned_at(day, 560) as ts, case kind when 'outflow_burst' then 13500 else 43000 end::decimal(18, 2) as amount,
    true as is_credit, 'wire_in' as kind, 'system' as channel, concat('sale of ', scenario) as payee, scenario
from plans
where kind in ('outflow_burst', 'payment_diversion');

-- A stolen card is taken from machine to machine within the hour.
insert into planted_entries by name
select
    planned_number(plan, i) as n, a, c, planned_at(day, 1270 + i * 14) as ts, (200 + 20 * (hash(h, i) % 11))::decimal(18, 2) as amount,
    false as is_credit, 'cash_withdrawal' as kind, 'posted' as status, 'atm' as channel, a * 10 + 1 as card, 1 as is_present,
    'magstripe' as entry_mode, scenario, case when i >= 2 then 'T13' end as rule
from plans, range(0, 4) as steps(i)
where kind = 'cash_run';

-- A copied card pays at a till in a country that its holder hardly visits; and a shop is paid while the holder usually sleeps.
insert into planted_entries by name
select
    planned_number(plan, i) as n, a, c, planned_at(day, 680 + i * 35) as ts, cents(160 + hash(h, i) % 340) as amount, false as is_credit,
    'purchase' as kind, 'posted' as status, 'pos' as channel, 769000 as merchant, a * 10 + 1 as card, 1 as is_present, 'magstripe' as entry_mode,
    scenario, case i when 0 then 'T07' end as rule
from plans, range(0, 2) as steps(i)
where kind = 'cloned_card'
union all by name
select
    planned_number(plan, 0) as n, a, c, planned_at(day, 195 + (h % 50)::integer) as ts, cents(420 + h % 300) as amount, false as is_credit,
    'purchase' as kind, 'posted' as status, 'ecom' as channel, 790000 as merchant, a * 10 + 1 as card, 0 as is_present, 'ecommerce' as entry_mode,
    c::bigint * 10 as device, scenario, 'T09' as rule
from plans
where kind = 'night_purchase';
