-- Exchange rates of every day, of which the bank is told those of business days, with two gaps.
create table currencies as
select * from (values
    ('EUR', 1.08), ('GBP', 1.27), ('CAD', 0.73), ('MXN', 0.055), ('CHF', 1.13), ('JPY', 0.0066), ('RON', 0.217), ('BRL', 0.182), ('THB', 0.0285)
) as listed(currency, middle);

create table history_days as
select
    (first_day() + i::integer)::date as day,
    i::integer as position
from range(days()) as listed(i);

create table exchange_rates as
select
    currencies.currency,
    history_days.day as rate_date,
    round(middle * exp(0.03 * sin(position / 40.0 + length(currency) + middle) + 0.003 * bell(hash(currency, position), 'rate')), 8) as rate
from currencies
cross join history_days;

-- Nothing is told of the baht at all, and nothing of the franc and the leu for three weeks.
create macro is_rate_told(currency, day) as (
    extract(isodow from day) < 6 and currency <> 'THB'
    and not (currency in ('CHF', 'RON') and date_diff('day', first_day(), day) between days() // 2 and days() // 2 + 20)
);
-- A day takes the last rate of the seven days before it: beyond them there is none.
create macro has_rate(currency, day) as (
    currency = 'USD'
    or len(list_filter(range(0, 8), lambda back: day - back::integer >= first_day() and is_rate_told(currency, day - back::integer))) > 0
);
