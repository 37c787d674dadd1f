-- What a month's files hold is put where the next month changes nothing: they are written while it is made.
create or replace table sample_payments as from transaction_rows('month_samples');
create or replace table sample_logins as from login_rows('login_samples');

drop table if exists kept_rows;
drop table if exists kept_overlap;
drop table if exists kept_logins;
drop table if exists written_balances;
drop table if exists written_digital;
alter table month_rows rename to kept_rows;
alter table overlap_rows rename to kept_overlap;
alter table logins rename to kept_logins;
alter table month_balances rename to written_balances;
alter table month_digital rename to written_digital;
create table month_digital as from written_digital limit 0;
create table logins as from kept_logins limit 0;
alter table logins alter event set default 'login';
alter table logins alter is_vpn set default 0;
alter table logins alter is_hosting set default 0;
create table overlap_rows as
select *
from kept_rows
where booked = month_last() and month_last() < last_day() and not is_late and not is_corrected and hash(n, 'again', seed()) % 10 = 0;

-- What is late and what is corrected later is left out, some rows stand twice, some of the month before stand again.
create or replace view written_payments as
select * replace (case when is_corrected then cents(amount * 0.85) else amount end as amount) from kept_rows where not is_late
union all
select * from kept_rows where is_twice(scenario, n) and not is_late and not is_corrected
union all
select * from kept_overlap;

create or replace view written_logins as
select * from kept_logins where not is_late_login(scenario, n)
union all
select * from kept_logins where is_twice(scenario, n) and not is_late_login(scenario, n);

create or replace macro balance_rows() as table
select
    account_key(written_balances.a) as account_id,
    written_balances.day as balance_date,
    written_balances.balance_eod,
    books.currency,
    (case when books.sign = 1 then written_balances.balance_eod else coalesce(books.credit_limit, 0) - written_balances.balance_eod end)::decimal(18, 2)
        as available_balance,
    written_balances.day::timestamp + interval 30 hour as ingested_at
from written_balances
inner join books on written_balances.a = books.a
order by written_balances.a, written_balances.day;

create or replace macro digital_rows() as table
select
    'E' || n as event_id, customer_key(c) as customer_id, ts as event_ts, name as event_name, feature, channel, 'S' || session as session_id,
    ts + interval 30 second as ingested_at
from written_digital
order by ts, n;
