-- What a month brings to accounts, before it is written: `scenario` marks what was planted and is never written.
create table entries (
    n bigint, a bigint, c integer, ts timestamp, amount decimal(18, 2), is_credit boolean, kind varchar,
    status varchar default 'posted', channel varchar, original bigint, merchant integer, card bigint,
    is_present smallint, entry_mode varchar, payee varchar, payee_country varchar, fee_code varchar,
    is_waived smallint, branch integer, currency varchar, device bigint, initiated smallint, scenario varchar, rule varchar
);
create table carried as from entries;
create table planted_entries as from entries;
alter table planted_entries alter status set default 'posted';

-- The balance at the start of the month, and what is needed of the month before to charge and to pay interest.
create table balances as
select
    a,
    opening_balance as balance,
    opening_balance as average,
    opening_balance as lowest
from books;

create macro is_alive(day, opened, closed, leaves_on, quiet_from, quiet_to) as (
    day >= opened
    and (closed is null or day < closed)
    and (leaves_on is null or day < leaves_on)
    and (quiet_from is null or day not between quiet_from and quiet_to)
);
