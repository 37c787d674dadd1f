-- Closing a month: what opens and closes with accounts, the rows to write, and the balances at the end of each day.
insert into entries by name
select
    entry_number(a, 41, 0) as n, a, c, at_second(date_diff('day', month_first(), opened)::integer, 43200) as ts,
    coalesce(principal, cents(income * case slot when 1 then 1.2 when 9 then 0.4 else 3 end)) as amount, sign = 1 as is_credit,
    case when sign = 1 then 'ach_credit' else 'loan_disbursement' end as kind, 'system' as channel,
    'own ' || case when sign = 1 then 'money elsewhere' else 'purchase' end as payee
from books
where opened between month_first() and month_last() and slot in (1, 4, 5, 6, 7, 8, 9) and opened > first_day();

insert into entries select * from carried;
delete from carried;

-- Sleepers sleep; and who splits cash brings no other cash on these days.
delete from entries
using books
where
    entries.a = books.a and not entries.is_credit and entries.channel not in ('batch', 'system')
    and cast(local_time(entries.ts) as date) between books.quiet_from and books.quiet_to;
delete from entries
where kind = 'cash_deposit' and a in (select plans.a from plans where plans.kind in ('structuring', 'structuring_decoy', 'large_cash'));

insert into entries select * from planted_entries where ts >= getvariable('month_begin') and ts < month_end();
insert into carried select * from entries where ts >= month_end();
delete from entries where ts >= month_end();

-- An account that closes pays out what is left.
insert into entries by name
with

closing as (

    select
        books.a, books.c, books.closed, books.sign, balances.balance
    from books
    inner join balances on books.a = balances.a
    where books.closed between month_first() and month_last()

),

moved as (

    select
        closing.a,
        sum(case when entries.is_credit = (closing.sign = 1) then entries.amount else -entries.amount end) as net
    from closing
    inner join entries on closing.a = entries.a
    where
        entries.status in ('posted', 'reversed') and coalesce(entries.is_waived, 0) = 0
        and entries.ts < utc(closing.closed::timestamp)
    group by closing.a

)

select
    entry_number(closing.a, 42, 0) as n, closing.a, closing.c, utc(closed::timestamp) + interval 9 hour as ts,
    abs(balance + coalesce(net, 0))::decimal(18, 2) as amount,
    (balance + coalesce(net, 0) > 0) <> (sign = 1) as is_credit,
    case when (balance + coalesce(net, 0) > 0) = (sign = 1) then 'transfer_out' else 'transfer_in' end as kind, 'branch' as channel,
    'own money elsewhere' as payee, 0 as branch
from closing
left join moved on closing.a = moved.a
where balance + coalesce(net, 0) <> 0;

create or replace table month_rows as
select
    entries.*,
    cast(local_time(ts) as date) as booked,
    scenario is null and kind = 'purchase' and hash(n, 'late', seed()) % 400 = 0 as is_late,
    scenario is null and kind = 'purchase' and status = 'posted' and currency is null and hash(n, 'corrected', seed()) % 1500 = 0
    and hash(n, 'late', seed()) % 400 <> 0 as is_corrected
from entries
where ts >= getvariable('month_begin');

create or replace temp table month_moves as
select
    month_rows.a,
    month_rows.booked,
    sum(
        case when month_rows.is_credit = (books.sign = 1) then 1 else -1 end
        * case
            when coalesce(month_rows.currency, books.currency) = books.currency then month_rows.amount
            else cents(month_rows.amount * exchange_rates.rate)
        end
    )::decimal(18, 2) as moved
from month_rows
inner join books on month_rows.a = books.a
left join exchange_rates on month_rows.currency = exchange_rates.currency and month_rows.booked = exchange_rates.rate_date
where month_rows.status in ('posted', 'reversed') and coalesce(month_rows.is_waived, 0) = 0
group by month_rows.a, month_rows.booked;

-- A balance holds from the day that it begins with or that moves it until the next: days without a move are not summed.
create or replace table month_balances as
with

open_books as (

    select
        books.a,
        balances.balance,
        greatest(books.opened, month_first()) as first_open,
        least(coalesce(books.closed, month_last()), month_last()) as last_open
    from books
    inner join balances on books.a = balances.a
    where books.opened <= month_last() and (books.closed is null or books.closed >= month_first())

),

steps as (

    select a, first_open as day, last_open, balance as moved
    from open_books
    union all
    select month_moves.a, month_moves.booked, open_books.last_open, month_moves.moved
    from month_moves
    inner join open_books on month_moves.a = open_books.a
    where month_moves.booked between open_books.first_open and open_books.last_open

),

held as (

    select
        a,
        day,
        (sum(moved) over (partition by a order by day))::decimal(18, 2) as balance_eod,
        lead(day, 1, last_open + 1) over (partition by a order by day) - day as days_held
    from steps

)

select
    a,
    day + unnest(range(days_held))::integer as day,
    balance_eod
from held;

create or replace table balances as
select
    books.a,
    coalesce(month_ends.balance, balances.balance) as balance,
    coalesce(month_ends.average, balances.average) as average,
    coalesce(month_ends.lowest, balances.lowest) as lowest
from books
inner join balances on books.a = balances.a
left join (
    select
        a,
        arg_max(balance_eod, day) as balance,
        avg(balance_eod)::decimal(18, 2) as average,
        min(balance_eod) as lowest
    from month_balances
    group by a
) as month_ends on books.a = month_ends.a;
