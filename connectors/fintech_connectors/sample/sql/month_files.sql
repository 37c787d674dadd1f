-- A month's rows to spoil, its balances and its steps, as their files have them.
create or replace temp table sample_payments as from transaction_rows('month_samples');
create or replace temp table sample_logins as from login_rows('login_samples');

create or replace macro balance_rows() as table
select
    account_key(month_balances.a) as account_id,
    month_balances.day as balance_date,
    month_balances.balance_eod,
    books.currency,
    (case when books.sign = 1 then month_balances.balance_eod else coalesce(books.credit_limit, 0) - month_balances.balance_eod end)::decimal(18, 2)
        as available_balance,
    month_balances.day::timestamp + interval 30 hour as ingested_at
from month_balances
inner join books on month_balances.a = books.a
order by month_balances.a, month_balances.day;

create or replace macro digital_rows() as table
select
    'E' || n as event_id, customer_key(c) as customer_id, ts as event_ts, name as event_name, feature, channel, 'S' || session as session_id,
    ts + interval 30 second as ingested_at
from month_digital
order by ts, n;
