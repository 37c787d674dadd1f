-- All chance comes from hashing what a value belongs to, what it is for, and the seed: no order or thread changes it.
create macro seed() as getvariable('seed');
create macro draw(entity, purpose) as hash(entity, purpose, seed());
create macro share_of(number) as (number >> 11)::double / 9007199254740992.0;
create macro chance(entity, purpose) as share_of(draw(entity, purpose));
create macro pick(entity, purpose, choices) as (draw(entity, purpose) % choices)::integer;

-- The sum of four uniform parts of a number: close to a normal distribution, between -3.5 and 3.5.
create macro bell_of(number) as (
    ((number & 65535) + ((number >> 16) & 65535) + ((number >> 32) & 65535) + (number >> 48))::double / 65536.0 - 2.0
) * 1.7320508;
create macro bell(entity, purpose) as bell_of(draw(entity, purpose));
create macro around(entity, purpose, median, spread) as median * exp(spread * bell(entity, purpose));
create macro cents(value) as round(greatest(value, 0.01), 2)::decimal(18, 2);
create macro item(choices, number) as choices[1 + (number % len(choices))::integer];
-- The same of a list that a variable holds; its length stands beside it, since counting it for each row takes longest.
create macro choice(name, number) as getvariable(name)[1 + (number % getvariable(name || '_count'))::integer];

-- The history, and the month that is being written.
create macro first_day() as getvariable('first_day');
create macro last_day() as getvariable('last_day');
create macro days() as getvariable('days');
create macro month_first() as getvariable('month_first');
create macro month_last() as getvariable('month_last');
create macro month_days() as getvariable('month_days');
create macro month_end() as getvariable('month_end');

-- The bank's wall clock is New York's: a month has at most one change of its distance from UTC.
create macro utc(local_ts) as local_ts + to_hours(
    case when local_ts < getvariable('switch_local') then getvariable('hours_before') else getvariable('hours_after') end
);
create macro local_time(ts) as ts - to_hours(
    case when ts < getvariable('switch_utc') then getvariable('hours_before') else getvariable('hours_after') end
);
create macro at_second(day_number, second_of_day) as utc(
    month_first()::timestamp + to_days(day_number::integer) + to_seconds(second_of_day::bigint)
);

-- A second of the day at one of the hours listed, by the bits of a number.
create macro second_of(hours_name, number) as (
    choice(hours_name, number) * 3600 + ((number >> 20) % 3600)::integer
);

-- Keys: an entry's number says nothing but that it is unique.
create macro entry_number(account, kind, i) as (
    (getvariable('month_index')::bigint * 1000000000 + account) * 128 + kind
) * 1024 + i;
create macro derived_number(number, kind) as number + kind * 1024;
create macro customer_key(c) as 'C' || (100000000 + c);
create macro account_key(a) as 'A' || (1000000000 + a);
create macro transaction_key(n) as 'T' || n;
create macro login_key(n) as 'L' || n;
-- A hash of nothing is a value, too: without the case all that have no card would share one.
create macro card_key(k) as case when k is not null then 'tok_' || hash(k, 'card', seed()) end;
create macro party_key(payee) as case when payee is not null then md5(concat(payee, '|', seed())) end;
create macro device_key(device) as case when device is not null then 'dev_' || hash(device, 'device', seed()) end;
