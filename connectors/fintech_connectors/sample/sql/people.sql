-- Customers as numbers: who they are, how they live and whether they leave. `family` joins the two of a couple.
create table people as
with

numbered as (

    select
        c::integer as c,
        case when c % 8 = 2 then c - 1 else c end::integer as family,
        case when c % 250 = 7 then 1 else 0 end as is_test,
        case when c % 60 = 11 and c % 250 <> 7 then 1 else 0 end as employee_flag,
        chance(c, 'segment') as segment_share
    from range(1, getvariable('customers') + 1) as listed(c)

),

placed as (

    select
        *,
        case
            when family <> c or c % 8 = 1 then 'family'
            when segment_share < 0.06 then 'business'
            when segment_share < 0.17 then 'student'
            when segment_share < 0.40 then 'young'
            when segment_share < 0.72 then 'family'
            when segment_share < 0.86 then 'affluent'
            else 'retired'
        end as segment,
        choice('home_slots', draw(family, 'home')) as place,
        case
            when chance(family, 'onboarding') < 0.80
                then first_day() - (40 + 3600 * chance(family, 'tenure') ** 1.6)::integer
            else first_day() + (days() * chance(family, 'tenure'))::integer
        end::date as onboarded
    from numbered

),

with_income as (

    select
        *,
        around(c, 'income', case segment
            when 'business' then 26000.0 when 'student' then 1100.0 when 'young' then 3300.0
            when 'family' then 4800.0 when 'affluent' then 9800.0 else 2600.0
        end, 0.35) as income,
        case
            when segment = 'business' then 'receipts' when segment = 'student' then 'support'
            when segment = 'retired' then 'pension' when pick(c, 'payday', 10) < 6 then 'fortnight'
            when pick(c, 'payday', 10) < 8 then 'twice' else 'month'
        end as payday,
        0.35 + 1.3 * chance(c, 'spending') as appetite,
        case segment when 'student' then 14 when 'young' then 13 when 'family' then 9 when 'affluent' then 8
            when 'business' then 10 else 3 end * (0.2 + 1.4 * chance(c, 'digital')) as logins_a_month,
        chance(c, 'leaving') as leaving_share,
        first_day() + (60 + greatest(days() - 90, 0) * chance(c, 'leaving day'))::integer as leaving_day
    from placed

),

-- Who leaves does so in earnest (closes) or in silence (stops); couples and the bank's own people stay.
with_leaving as (

    select
        *,
        case
            when days() < 150 or onboarded > first_day() - 60 or segment = 'business' then null
            when c % 8 in (1, 2) or is_test = 1 or employee_flag = 1 then null
            when leaving_share < 0.022 then 'hard'
            when leaving_share < 0.05 then 'silent'
        end as leaving
    from with_income

)

select
    * exclude (segment_share, leaving_share, leaving_day),
    case when leaving is not null then leaving_day::date end as leaves_on
from with_leaving;

-- Nobody's plans are touched twice: victims of scenarios are taken from here, best draw first.
create table eligible as
select
    c,
    place,
    segment,
    income,
    onboarded
from people
where
    is_test = 0 and employee_flag = 0 and leaving is null and segment <> 'business' and c % 8 not in (1, 2)
    and onboarded < first_day();
