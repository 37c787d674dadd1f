-- What the bank itself books: interest, loan and card payments, fees, waivers and their reversals.
create or replace temp table month_books as
select
    books.*,
    balances.balance,
    balances.average,
    balances.lowest,
    least(due_day, month_days() - 1)::integer as due,
    hash(hash(books.a, month_first()), 'bank', seed()) as h
from books
inner join balances on books.a = balances.a
where books.opened < month_first() and (books.closed is null or books.closed > month_first());

insert into entries by name
select
    entry_number(a, 30, 0) as n, a, c, at_second(0, 3600) as ts,
    cents(average * interest_rate / 12) as amount, true as is_credit, 'interest_paid' as kind, 'system' as channel
from month_books
where sign = 1 and average * interest_rate / 12 >= 0.01;

insert into entries by name
select
    entry_number(a, 31, 0) as n, a, c, at_second(due, 3600) as ts, cents(balance * interest_rate / 12) as amount,
    false as is_credit, 'interest_charged' as kind, 'system' as channel
from month_books
where slot in (4, 5, 6, 0) and balance * interest_rate / 12 >= 0.01;

-- A loan's payment leaves the checking account and reaches the loan; some are late, a few stop.
create or replace temp table instalments as
select
    month_books.*,
    c * 10::bigint + 1 as paying_account,
    least(coalesce(payment, round(balance * 0.02, 2)), balance + cents(balance * interest_rate / 12))::decimal(18, 2) as instalment,
    least(due + case when h % 100 < 4 then 6 + ((h >> 8) % 15)::integer else 0 end, month_days() - 1)::integer as paid_day
from month_books
where
    slot in (4, 5, 6, 0) and balance > 0
    and (stops_paying_on is null or stops_paying_on > month_first() + due)
    and (leaves_on is null or leaves_on > month_last());

insert into entries by name
select
    entry_number(a, 32, 0) as n, paying_account as a, c, at_second(paid_day, 18000) as ts, instalment as amount,
    false as is_credit, 'loan_payment' as kind, 'batch' as channel, 'own ' || a as payee
from instalments
union all by name
select
    entry_number(a, 33, 0) as n, a, c, at_second(paid_day, 18000) as ts, instalment as amount, true as is_credit,
    'loan_payment' as kind, 'batch' as channel, 'own ' || paying_account as payee
from instalments;

insert into entries by name
select
    entry_number(a, 34, 0) as n, a, c, at_second(least(due + 6, month_days() - 1)::integer, 64800) as ts, 29.00 as amount, false as is_credit,
    'fee' as kind, 'system' as channel, 'LATE' as fee_code
from month_books
where
    slot in (4, 5, 6) and balance > 0
    and ((h % 100 < 4 and due + 6 < month_days()) or (stops_paying_on is not null and stops_paying_on <= month_first() + due));

-- Cards: those who revolve pay a part and interest, the others all of it.
insert into entries by name
with statements as (
    select
        *,
        c * 10::bigint + 1 as paying_account,
        case when is_revolver = 1 then cents(greatest(balance * 0.35, least(balance, 25))) else balance end::decimal(18, 2) as paid
    from month_books
    where slot = 3 and balance > 0 and (leaves_on is null or leaves_on > month_last())
)
select
    entry_number(a, 35, 0) as n, paying_account as a, c, at_second(due, 39600) as ts, paid as amount,
    false as is_credit, 'bill_payment' as kind, 'web' as channel, 'own ' || a as payee, c::bigint * 10 + 1 as device
from statements
union all by name
select
    entry_number(a, 36, 0) as n, a, c, at_second(due, 39600) as ts, paid as amount, true as is_credit,
    'ach_credit' as kind, 'system' as channel, 'own ' || paying_account as payee
from statements;

insert into entries by name
select
    entry_number(a, 37, 0) as n, a, c, at_second(0, 7200) as ts, cents(average * interest_rate / 12) as amount,
    false as is_credit, 'interest_charged' as kind, 'system' as channel
from month_books
where slot = 3 and is_revolver = 1 and average * interest_rate / 12 >= 0.01;

-- Monthly fees: waived for good balances. Overdrafts, wires and strange cash machines cost each time.
insert into entries by name
select
    entry_number(a, 38, 0) as n, a, c, at_second(0, 10800) as ts, 12.00 as amount, false as is_credit, 'fee' as kind,
    'system' as channel, 'MONTHLY' as fee_code, case when average >= 1500 or h % 100 < 3 then 1 else 0 end as is_waived
from month_books
where slot = 1 and segment not in ('student') and currency = 'USD'
union all by name
select
    entry_number(a, 39, 0) as n, a, c, at_second(1, 10800) as ts, 35.00 as amount, false as is_credit, 'fee' as kind,
    'system' as channel, 'OVERDRAFT' as fee_code
from month_books
where slot = 1 and lowest < -5
union all by name
select
    derived_number(entries.n, 66) as n, entries.a, entries.c, entries.ts,
    case when kind = 'wire_out' then 25.00 when hash(entries.n, 'fee leak', seed()) % 50 = 1 then 2.50 else 3.00 end as amount,
    false as is_credit, 'fee' as kind, 'system' as channel, entries.n as original,
    case when kind = 'wire_out' then 'WIRE' else 'ATM' end as fee_code
from entries
where (kind = 'wire_out' or (kind = 'cash_withdrawal' and merchant % 6 >= 4 and hash(n, 'fee leak', seed()) % 50 <> 0))
    and scenario is null;

insert into entries by name
select
    derived_number(n, 50) as n, a, c, ts + to_days((2 + hash(n, 'goodwill', seed()) % 9)::integer) as ts, amount,
    true as is_credit, 'fee_reversal' as kind, 'system' as channel, n as original, fee_code
from entries
where
    kind = 'fee' and coalesce(is_waived, 0) = 0 and fee_code in ('OVERDRAFT', 'LATE', 'MONTHLY') and scenario is null
    and chance(n, 'goodwill') < 0.12;

-- The bank's own accounts see the month's fees and interest in one sum each.
insert into entries by name
select
    entry_number(own.a, 40, 0) as n, own.a, 0 as c, month_end() - interval 1 hour as ts,
    coalesce((select sum(amount) from entries where kind = own.kind), 0)::decimal(18, 2) as amount, true as is_credit,
    'adjustment' as kind, 'system' as channel
from (values (1, 'fee'), (2, 'interest_charged')) as own(a, kind);
