-- Who is meant to suffer or to do what, and when: no customer is in two scenarios. `wanted` says how many of each.
create macro utc_of(local_ts) as timezone('UTC', timezone('America/New_York', local_ts));
create macro planned_number(plan, i) as (900000000000::bigint + plan) * 131072 + i;
create macro is_fraudulent(scenario) as split_part(scenario, '-', 1) in (
    'card_testing', 'account_takeover', 'mule', 'payment_diversion', 'cloned_card', 'cash_run'
);
create macro attack_prefix(plan, i) as concat('2001:db8:', lower(to_hex((plan * 61 + i) % 65536)), '::/48');

create table business_days as
select
    day,
    row_number() over (order by day) as position
from history_days
where extract(isodow from day) < 6 and not list_contains(getvariable('holidays'), day);

create table plans as
with

in_line as (

    select
        *,
        row_number() over (order by draw(c, 'victim'), c) as place_in_line
    from eligible

),

wanted_from as (

    select
        *,
        sum(wanted) over (order by position rows unbounded preceding) - wanted as begins
    from wanted

),

chosen as (

    select
        wanted_from.position * 100000 + in_line.place_in_line - begins as plan,
        wanted_from.kind,
        concat(wanted_from.kind, '-', lpad((in_line.place_in_line - begins)::bigint::varchar, 4, '0')) as scenario,
        in_line.c,
        in_line.c::bigint * 10 + 1 as a,
        in_line.place,
        in_line.income
    from wanted_from
    inner join in_line on in_line.place_in_line > begins and in_line.place_in_line <= begins + wanted

)

select
    * replace (plan::bigint as plan),
    case
        when kind = 'dormant_wake_up' then first_day() + 260 + pick(plan, 'day', greatest(days() - 270, 1))
        else first_day() + (days() * 0.3)::integer + pick(plan, 'day', greatest((days() * 0.62)::integer - 12, 1))
    end::date as day,
    hash(plan, 'plan', seed()) as h
from chosen;

-- A sleeper has no credit card to pay for, and does nothing from the third month until it wakes.
delete from books where slot = 3 and c in (select plans.c from plans where kind = 'dormant_wake_up');
update books
set quiet_from = first_day() + 60, quiet_to = plans.day
from plans
where plans.kind = 'dormant_wake_up' and plans.a = books.a;
