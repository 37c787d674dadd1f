-- How people come in online: from home and on the way, now and then with a wrong password first.
insert into logins by name
with

counted as (

    select
        people.*,
        (logins_a_month * month_days() / 30 + bell(hash(c, month_first()), 'log-ins'))::integer as times,
        chance(hash(c, month_first()), 'trip') < 0.05 as is_away,
        pick(hash(c, month_first()), 'trip begins', 24) as away_from
    from people
    where onboarded <= month_last()

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
        hash(hash(c, i, month_first()), 'log-in', seed()) as h
    from each

),

placed as (

    select
        *,
        choice('even_slots', h >> 3) as day_number,
        is_away and choice('even_slots', h >> 3) between away_from and away_from + 5 as is_abroad,
        (h >> 30) % 10 < 7 as is_mobile
    from drawn

)

select
    entry_number(c, 1, i) as n,
    c,
    at_second(day_number, second_of('online_hours', h)) as ts,
    'success' as outcome,
    case when (h >> 50) % 10 < 3 then 'passed' end as mfa,
    case when is_mobile then 'mobile' else 'web' end as channel,
    c::bigint * 10 + case when is_mobile then 0 else 1 end as device,
    case when is_abroad then choice('travel_slots', draw(hash(c, month_first()), 'trip')) else place end as place,
    case
        when is_abroad then concat('172.', 16 + h % 16, '.', (h >> 8) % 256, '.0/24')
        when is_mobile and (h >> 40) % 3 = 0 then concat('100.64.', place, '.0/24')
        else home_prefix(c)
    end as prefix,
    case
        when is_abroad then 'AS65400'
        when is_mobile and (h >> 40) % 3 = 0 then 'AS65000'
        else home_network(c)
    end as network,
    (60 * exp(0.9 * bell_of(hash(h, 1))) + 15)::integer as seconds
from placed
where
    month_first() + day_number >= onboarded
    and (leaves_on is null or month_first() + day_number < leaves_on - ((h >> 45) % 60)::integer + 20);

-- Read from a copy of what is needed: an insert may meet its own rows.
create or replace temp table own_logins as
select
    n, c, ts, seconds, channel, device, place, prefix, network,
    hash(n, 'mistyped', seed()) % 100 < 5 as is_mistyped,
    hash(n, 'change', seed()) % 100 < 2 as is_change,
    hash(n, 'unknown', seed()) % 100 < 1 as is_unknown
from logins
where is_mistyped or is_change or is_unknown;

insert into logins by name
select
    derived_number(n, 62) as n, c, ts - interval 25 seconds as ts, 'failure' as outcome,
    case when n % 9 = 0 then 'mfa_failed' else 'bad_password' end as reason, case when n % 9 = 0 then 'failed' end as mfa,
    channel, device, place, prefix, network
from own_logins
where is_mistyped
union all by name
select
    derived_number(n, 63) as n, c, ts + to_seconds(seconds) as ts,
    item(['password_change', 'email_change', 'phone_change', 'address_change', 'beneficiary_add', 'beneficiary_add', 'limit_change'], n)
        as event,
    'success' as outcome, channel, device, place, prefix, network
from own_logins
where is_change
union all by name
select
    derived_number(n, 64) as n, null::integer as c, 'nobody ' || n as username, ts - interval 90 seconds as ts, 'failure' as outcome,
    'unknown_user' as reason, channel, device, place, prefix, network
from own_logins
where is_unknown;

insert into logins select * from planted_logins where ts >= getvariable('month_begin') and ts < month_end();
delete from logins where ts < getvariable('month_begin') or ts >= month_end();

-- What is done once in: looks and clicks, the raw matter of engagement.
delete from month_digital;
insert into month_digital
with steps as (
    select
        logins.*,
        unnest(range((hash(n, 'steps', seed()) % 3)::bigint)) as i
    from logins
    where outcome = 'success' and event = 'login' and scenario is null
)
select
    n * 4 + i as n, c, ts + to_seconds((4 + i * 9 + n % 7)::bigint) as ts,
    choice('step_names', hash(n, i, seed())) as name,
    choice('step_features', hash(n, i, seed())) as feature,
    channel, n as session
from steps;
