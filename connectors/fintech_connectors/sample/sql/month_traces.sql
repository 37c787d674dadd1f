-- What a month leaves beside its rows: their traps, what comes later, what is spoilt, what leaked, what its books say.
insert into traps
select 'repeated_in_next_file', 'transactions', transaction_key(n) from overlap_rows
union all
select 'duplicate_row', 'transactions', transaction_key(n)
from month_rows
where is_twice(scenario, n) and not is_late and not is_corrected;

insert into late_rows select * from month_rows where is_late;
insert into corrected_rows select * from month_rows where is_corrected;

insert into traps
select 'late', 'transactions', transaction_key(n) from month_rows where is_late
union all
select 'correction', 'transactions', transaction_key(n) from month_rows where is_corrected
union all
select case kind when 'fee_reversal' then 'fee_reversal' else kind end, 'transactions', transaction_key(n)
from month_rows
where kind in ('refund', 'reversal', 'chargeback', 'representment', 'fee_reversal')
union all
select 'no_exchange_rate', 'transactions', transaction_key(n) from month_rows where currency is not null and not has_rate(currency, booked)
union all
select 'account_currency', 'transactions', transaction_key(month_rows.n)
from month_rows
inner join books on month_rows.a = books.a
where books.currency <> 'USD'
union all
select 'joint_holder', 'transactions', transaction_key(month_rows.n)
from month_rows
inner join books on month_rows.a = books.a
where month_rows.c = books.c + 1
union all
select 'test_account', 'transactions', transaction_key(month_rows.n)
from month_rows
inner join books on month_rows.a = books.a
where books.is_test = 1
union all
select 'internal_account', 'transactions', transaction_key(n) from month_rows where a < 10;

insert into late_login_rows select * from logins where is_late_login(scenario, n);
insert into traps
select 'late', 'login_activity', login_key(n) from logins where is_late_login(scenario, n)
union all
select 'duplicate_row', 'login_activity', login_key(n)
from logins
where is_twice(scenario, n) and not is_late_login(scenario, n)
union all
select 'unknown_user', 'login_activity', login_key(n) from logins where c is null;

-- Rows to spoil: copies under keys of their own.
create or replace table month_samples as
select * from month_rows where kind = 'purchase' and scenario is null and not is_late and not is_corrected order by hash(n, 'spoilt', seed()), n
limit getvariable('bad_rows');
create or replace table login_samples as
select * from logins where scenario is null and outcome = 'success' order by hash(n, 'spoilt', seed()), n
limit getvariable('bad_rows');

-- What the bank lost by its own mistakes.
insert into leaks
select 'K01', n, a, ts, 3.00, 0.00 from month_rows
where kind = 'cash_withdrawal' and merchant % 6 >= 4 and scenario is null and hash(n, 'fee leak', seed()) % 50 = 0
union all
select 'K02', n, a, ts, 3.00, 2.50 from month_rows where kind = 'fee' and fee_code = 'ATM' and amount = 2.50
union all
select 'K03', month_rows.n, month_rows.a, ts, 12.00, 0.00
from month_rows
inner join month_books on month_rows.a = month_books.a
where month_rows.fee_code = 'MONTHLY' and month_rows.is_waived = 1 and month_books.average < 1500
union all
select 'K04', n, month_rows.a, ts, amount * 0.0005 + 0.21, (amount * 0.0005 + 0.21) * 0.6
from month_rows
inner join books on month_rows.a = books.a
where
    month_rows.kind = 'purchase' and status in ('posted', 'reversed')
    and is_downgraded(books.slot, case when merchant // 100000 = 5 then '5311' end, entry_mode, 'purchase')
union all
select 'K09', month_rows.n, month_rows.a, ts, -(amount * case when books.slot = 3 then 0.0165 else 0.0005 end + case when books.slot = 3 then 0.10 else 0.21 end), 0
from month_rows
inner join books on month_rows.a = books.a
where month_rows.kind = 'refund' and is_unreversed(month_rows.n);

insert into paid_instalments
select
    month_rows.n, month_rows.a, entry_number(month_rows.a, 32, 0), month_first() + instalments.due, month_rows.booked, month_rows.amount,
    cents(instalments.balance * instalments.interest_rate / 12)
from month_rows
inner join instalments on month_rows.a = instalments.a and month_rows.n = entry_number(instalments.a, 33, 0);

insert into ledger
select
    gl_account, line, month_last(), sum(amount)
from (
    select
        case kind when 'interest_charged' then '4000' when 'interest_paid' then '5000' else '4200' end as gl_account,
        case
            when kind = 'interest_charged' then 'interest_income' when kind = 'interest_paid' then 'interest_expense'
            when fee_code = 'OVERDRAFT' then 'overdraft_fee' when fee_code = 'LATE' then 'penalty_fee' when fee_code = 'FOREIGN' then 'fx_margin'
            when fee_code = 'MONTHLY' then 'account_fee' else 'service_fee'
        end as line,
        case when is_credit then -amount else amount end as amount
    from month_rows
    where kind in ('interest_charged', 'interest_paid', 'fee', 'fee_reversal') and coalesce(is_waived, 0) = 0
) as booked_lines
group by all
order by all;
