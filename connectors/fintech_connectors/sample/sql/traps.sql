-- What real files have and nobody wants: where it is hidden is part of the truth.
create table traps (trap varchar, table_name varchar, row_key varchar);
create table bad_rows (table_name varchar, row_key varchar, column_name varchar, rule varchar);
create table leaks (rule varchar, n bigint, a bigint, ts timestamp, expected decimal(18, 4), found decimal(18, 4));
create table late_rows as select *, ts::date as booked, true as is_late, true as is_corrected from entries;
create table corrected_rows as from late_rows;
create table overlap_rows as from late_rows;
create table late_login_rows as from logins;
create macro is_twice(scenario, n) as scenario is null and hash(n, 'twice', seed()) % 900 = 0;
create macro is_late_login(scenario, n) as scenario is null and hash(n, 'late', seed()) % 500 = 0;
create table paid_instalments (n bigint, a bigint, checking_n bigint, due_on date, paid_on date, amount decimal(18, 2), interest decimal(18, 2));
create table ledger (gl_account varchar, line varchar, period_end date, amount_base decimal(18, 2));

-- Two purchases in the same second, of one account; and the hours that clocks repeat or leave out.
insert into planted_entries by name
select
    planned_number(50000000 + books.c, i) as n, a, c, utc_of((first_day() + (days() * 0.5)::integer + books.c % 20)::timestamp + interval 13 hour) as ts,
    (9.5 + 3 * i)::decimal(18, 2) as amount, false as is_credit, 'purchase' as kind, 'pos' as channel,
    (1 + i)::integer * 100000 + place * 1000 as merchant, a * 10 + 1 as card, 1 as is_present, 'chip' as entry_mode
from books, range(0, 2) as twice(i)
where slot = 1 and books.c % 40 = 15 and opened < first_day() and leaving is null;

insert into planted_entries by name
select
    planned_number(60000000 + books.c, i) as n, a, c, changes.ts + to_seconds(books.c % 60) as ts, (20 + i)::decimal(18, 2) as amount, false as is_credit,
    'purchase' as kind, 'ecom' as channel, 1590000 as merchant, a * 10 + 1 as card, 0 as is_present, 'ecommerce' as entry_mode
from books, unnest(getvariable('clock_changes')::timestamp[]) with ordinality as changes(ts, i)
where slot = 1 and books.c % 100 = 35 and opened < first_day() and leaving is null;

insert into traps
select case when n >= planned_number(60000000, 0) then 'clock_change' else 'same_second' end, 'transactions', transaction_key(n)
from planted_entries
where n >= planned_number(50000000, 0) and ts >= first_day()::timestamp + interval 1 day and ts < last_day()::timestamp;
