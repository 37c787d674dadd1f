-- Planted log-ins: takeovers and journeys of customers, and attacks from sources.
insert into planted_logins by name
select
    planned_number(plan, i) as n, c, planned_at(day, 120 + i * 4) as ts, 'failure' as outcome, 'bad_password' as reason, 'web' as channel,
    -plan as device, 68 as place, attack_prefix(plan, 0) as prefix, 'AS65500' as network, 1 as is_hosting, scenario
from plans, range(0, 6) as steps(i)
where kind = 'account_takeover'
union all by name
select
    planned_number(plan, 6) as n, c, planned_at(day, 148) as ts, 'success' as outcome, 'web' as channel, -plan as device, 68 as place,
    attack_prefix(plan, 0) as prefix, 'AS65500' as network, 1 as is_hosting, 900 as seconds, scenario, 'L03' as rule
from plans
where kind = 'account_takeover'
union all by name
select
    planned_number(plan, 7 + i) as n, c, planned_at(day, 152 + i * 6) as ts,
    item(['password_change', 'email_change', 'device_bind', 'beneficiary_add'], i::ubigint) as event, 'success' as outcome, 'web' as channel,
    -plan as device, 68 as place, attack_prefix(plan, 0) as prefix, 'AS65500' as network, 1 as is_hosting, scenario
from plans, range(0, 4) as steps(i)
where kind = 'account_takeover';

-- An impossible journey: at home, and forty minutes later on another continent.
insert into planted_logins by name
select
    planned_number(plan, i) as n, c, planned_at(day, 720 + i * 40) as ts, 'success' as outcome, 'mobile' as channel,
    case i when 0 then c::bigint * 10 else -plan end as device, case i when 0 then place else 70 + (plan % 2)::integer end as place,
    case i when 0 then home_prefix(c) else attack_prefix(plan, 0) end as prefix,
    case i when 0 then home_network(c) else 'AS65410' end as network, 200 as seconds, scenario, case i when 1 then 'F8,L04' end as rule
from plans, range(0, 2) as steps(i)
where kind = 'impossible_journey';

-- Sources attack within one hour: a list of stolen passwords, one password for many, many for one; or slowly all day.
create table attacks as
select
    source_wanted.position * 100000 + i as plan,
    kind,
    concat(kind, '-', lpad(i::varchar, 4, '0')) as scenario,
    (first_day() + (days() * 0.35)::integer + pick(hash(kind, i), 'attack day', greatest((days() * 0.6)::integer - 3, 1)))::date as day,
    concat('AS', 65520 + source_wanted.position * 3 + i % 3, i) as network
from source_wanted, range(1, source_wanted.wanted + 1) as listed(i);

create table targets as
select
    c,
    row_number() over (order by draw(c, 'target'), c) as place_in_line
from eligible
where c not in (select plans.c from plans);


insert into planted_logins by name
with

tries as (

    select
        attacks.*,
        i,
        case kind when 'credential_stuffing' then 60 when 'password_spraying' then 40 when 'brute_force' then 60 else 60 end as times
    from attacks, range(0, 60) as steps(i)

),

aimed as (

    select
        tries.*,
        case
            when kind = 'brute_force' then 0
            when kind = 'credential_stuffing' and i % 3 < 2 then null
            when kind = 'password_spraying' and i % 2 = 0 then null
            when kind = 'low_and_slow' then null
            else i
        end as aim
    from tries
    where i < times

)

select
    planned_number(plan, 20 + i) as n,
    targets.c,
    case when targets.c is null then concat(scenario, ' user ', i) end as username,
    case kind
        when 'low_and_slow' then day::timestamp + interval 6 hour + to_minutes(14 * i)
        else day::timestamp + to_hours((9 + plan % 9)::integer) + interval 2 minute + to_seconds(50 * i)
    end as ts,
    case when kind = 'credential_stuffing' and i in (26, 44) and targets.c is not null then 'success' else 'failure' end as outcome,
    case
        when kind = 'credential_stuffing' and i in (26, 44) and targets.c is not null then null
        when targets.c is null then 'unknown_user' else 'bad_password'
    end as reason,
    'web' as channel,
    -(plan * 100 + case kind when 'brute_force' then 0 else i end) as device,
    68 as place,
    attack_prefix(plan, case kind when 'password_spraying' then i % 4 when 'low_and_slow' then i else 0 end) as prefix,
    network,
    1 as is_hosting,
    scenario,
    case kind when 'credential_stuffing' then 'F6:stuffing' when 'password_spraying' then 'F6:spraying'
        when 'brute_force' then case when i >= 9 and targets.c is not null then 'F6:brute_force,L01' else 'F6:brute_force' end
        else 'F6:low_and_slow' end as rule
from aimed
left join targets on aim is not null and targets.place_in_line = 1 + (plan * 17 + aim) % greatest((select count(*) from targets), 1);
