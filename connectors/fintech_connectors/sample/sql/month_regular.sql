-- What comes by the calendar: pay, rent, bills, savings, transfers between persons.
create or replace temp table month_calendar as
select
    day_number,
    day::date as day,
    extract(isodow from day) as weekday,
    extract(day from day) as day_of_month,
    (day::date - date '2025-01-03') as days_counted
from (select i::integer as day_number, month_first() + i::integer as day from range(month_days()) as listed(i)) as listed;

create or replace temp table payers as
select
    *,
    (c % 3)::integer as phase
from books
where slot = 1 and opened <= month_last() and (closed is null or closed > month_first());

create or replace temp table paydays as
select
    payers.*,
    month_calendar.*,
    case payday when 'fortnight' then 12.0 / 26 when 'twice' then 0.5 else 1.0 end as part
from payers
inner join month_calendar
    on case payers.payday
        when 'fortnight' then month_calendar.days_counted % 14 = 7 * (payers.phase % 2)
        when 'twice' then month_calendar.day_of_month in (15, 28)
        when 'month' then month_calendar.day_of_month = 27
        when 'pension' then month_calendar.day_of_month = 3
        when 'support' then month_calendar.day_of_month = 2
        else false
    end
where is_alive(day, opened, closed, leaves_on - 45, null::date, null::date);

insert into entries by name
select
    entry_number(a, 2, day_number) as n, a, c, at_second(day_number, 21600 + pick(a, 'pay time', 3000)) as ts,
    cents(income * part * (1 + 0.01 * bell(hash(a, day), 'pay'))) as amount, true as is_credit,
    case when payday in ('pension', 'support') then 'ach_credit' else 'payroll' end as kind, 'batch' as channel,
    case when payday = 'pension' then 'pension office' else 'employer ' || pick(c, 'employer', 40 + getvariable('customers') // 30) end
        as payee
from paydays;

-- The day after pay: to savings where there are any, else partly to another bank.
create or replace temp table transfers as
select
    paydays.*,
    savings.a as savings_account,
    cents(paydays.income * paydays.part * case when savings.a is null then 0.17 else 0.20 end) as moved
from paydays
left join books as savings
    on paydays.c * 10::bigint + 2 = savings.a and savings.opened <= month_first() and savings.closed is null
where paydays.payday <> 'support' and day_number + 1 < month_days();

insert into entries by name
select
    entry_number(a, 3, day_number) as n, a, c, at_second(day_number + 1, 32400 + pick(a, 'transfer', 30000)) as ts, moved as amount,
    false as is_credit, 'transfer_out' as kind, case when savings_account is null then 'mobile' else 'batch' end as channel,
    case when savings_account is null then 'other bank of ' || c else 'own ' || savings_account end as payee
from transfers;

insert into entries by name
select
    entry_number(savings_account, 4, day_number) as n, savings_account as a, c,
    at_second(day_number + 1, 32400 + pick(a, 'transfer', 30000)) as ts, moved as amount, true as is_credit,
    'transfer_in' as kind, 'batch' as channel, 'own ' || a as payee
from transfers
where savings_account is not null;

-- Rent, insurance and school; businesses pay suppliers and staff.
insert into entries by name
select
    entry_number(payers.a, 5, part) as n, payers.a, payers.c,
    at_second(least(due, month_days() - 1)::integer, 28800 + pick(payers.a, 'debit', 20000)) as ts,
    cents(payers.income * weight * (0.85 + 0.3 * chance(hash(payers.a, part), 'debit'))) as amount, false as is_credit,
    'ach_debit' as kind, 'batch' as channel, label || ' ' || pick(hash(payers.c, part), 'creditor', 400) as payee
from payers
cross join (values (1, 0, 0.27, 'landlord'), (2, 11, 0.09, 'insurer'), (3, 17, 0.10, 'school')) as debits(part, due, weight, label)
where
    payers.segment <> 'student' and (part > 1 or payers.c * 10::bigint + 4 not in (select books.a from books))
    and is_alive(month_first() + least(due, month_days() - 1)::integer, opened, closed, leaves_on, null::date, null::date);

insert into entries by name
with bills as (
    select
        payers.*,
        part,
        (part * 6 + pick(hash(a, part), 'bill day', 6))::integer as day_number
    from payers
    cross join range(1, 5) as listed(part)
    where part <= 2 + pick(payers.a, 'bills', 3)
)
select
    entry_number(a, 6, part) as n, a, c, at_second(day_number, 36000 + pick(hash(a, part, month_first()), 'bill', 40000)) as ts,
    cents(around(hash(a, part), 'bill size', 75, 0.5) * (0.9 + 0.2 * chance(hash(a, part, month_first()), 'bill')))
        as amount,
    false as is_credit, 'bill_payment' as kind,
    case when pick(hash(a, part), 'bill channel', 3) = 0 then 'batch' when pick(hash(a, part), 'bill channel', 3) = 1 then 'web'
        else 'mobile' end as channel,
    'utility ' || pick(hash(c, part), 'utility', 60) as payee
from bills
where
    day_number < month_days()
    and is_alive(month_first() + day_number, opened, closed, leaves_on, quiet_from, quiet_to);

-- Between persons, in cash, by cheque: several a month, on any day.
insert into entries by name
with

habits as (

    select * from (values
        ('p2p_out', 7, 0.8, 42.0, 0.7, 'mobile'), ('p2p_in', 8, 0.4, 45.0, 0.7, 'mobile'),
        ('cash_withdrawal', 9, 0.8, 80.0, 0.5, 'atm'), ('cash_deposit', 10, 0.18, 130.0, 0.5, 'branch'),
        ('check', 11, 0.1, 180.0, 0.8, 'branch')
    ) as listed(kind, code, monthly, median, spread, channel)

),

counted as (

    select
        payers.*,
        habits.*,
        (monthly * (0.3 + 1.4 * chance(hash(a, code), 'habit')) * month_days() / 30 + chance(hash(a, code, month_first()), 'more'))::bigint
            as times
    from payers
    cross join habits

),

each as (

    select
        counted.*,
        unnest(range(times)) as i
    from counted

),

drawn as (

    select
        *,
        hash(hash(a, code, i, month_first()), 'habit', seed()) as h
    from each

),

placed as (

    select
        *,
        choice('day_slots', h >> 5) as day_number
    from drawn

)

select
    entry_number(a, code, i) as n, a, c,
    at_second(
        day_number, case when channel = 'branch' then second_of('office_hours', h) else second_of('online_hours', h) end
    )
        as ts,
    case
        when kind = 'cash_withdrawal' then greatest(20, 20 * round(median * exp(spread * bell_of(hash(h, 1))) / 20))
        when kind = 'cash_deposit' then least(5 * greatest(1, round(median * exp(spread * bell_of(hash(h, 1))) / 5)), 900)
        else cents(median * exp(spread * bell_of(hash(h, 1))))
    end::decimal(18, 2) as amount,
    kind in ('p2p_in', 'cash_deposit') as is_credit, kind, channel,
    case when kind like 'p2p%' then 'friend ' || pick(hash(c, (h >> 40) % 6), 'friend', 40 + getvariable('customers') * 2)
        when kind = 'check' then 'payee of a check ' || (h >> 40) % 500 end as payee,
    case when channel = 'branch' then branch end as branch,
    case when kind = 'cash_withdrawal' then a * 10 + 1 end as card,
    case when kind = 'cash_withdrawal' then 1 end as is_present,
    case when kind = 'cash_withdrawal' then 'chip' end as entry_mode,
    case when kind = 'cash_withdrawal' then 9800000 + place * 1000 + (h >> 50) % 6 end as merchant,
    case when channel = 'mobile' then c::bigint * 10 end as device
from placed
where is_alive(month_first() + day_number, opened, closed, leaves_on, quiet_from, quiet_to);

-- A business is paid by its customers, pays by wire and by batch, and banks its takings.
insert into entries by name
with

habits as (

    select * from (values
        ('ach_credit', 12, 8.0, 0.09, 0.6, 'batch'), ('wire_in', 13, 0.8, 0.20, 0.4, 'system'), ('ach_debit', 14, 5.0, 0.08, 0.6, 'batch'),
        ('wire_out', 15, 0.9, 0.20, 0.4, 'web'), ('cash_deposit', 16, 2.5, 0.03, 0.4, 'branch'), ('adjustment', 17, 0.05, 0.001, 0.3, 'system')
    ) as listed(kind, code, monthly, weight, spread, channel)

),

each as (

    select
        payers.*,
        habits.*,
        unnest(range((monthly * month_days() / 30 + chance(hash(a, code, month_first()), 'trade'))::bigint)) as i
    from payers
    cross join habits
    where payers.segment = 'business'

),

drawn as (

    select
        *,
        hash(hash(a, code, i, month_first()), 'trade', seed()) as h
    from each

)

select
    entry_number(a, code, i) as n, a, c,
    at_second(choice('business_slots', h >> 5), second_of('office_hours', h)) as ts,
    cents(least(income * weight * exp(spread * bell_of(hash(h, 1))), case when kind = 'cash_deposit' then 7600 else 1e9 end)) as amount,
    kind in ('ach_credit', 'wire_in', 'cash_deposit') as is_credit, kind, channel,
    case when kind not in ('cash_deposit', 'adjustment') then 'trade partner ' || pick(hash(c, (h >> 40) % 12), 'partner', 3000) end as payee,
    case when kind in ('wire_in', 'wire_out') then item(['US', 'US', 'US', 'CA', 'GB', 'DE', 'MX'], h >> 45) end as payee_country,
    case when channel = 'branch' then branch end as branch
from drawn
where is_alive(month_first() + choice('business_slots', h >> 5), opened, closed, leaves_on, quiet_from, quiet_to);
