-- Accounts as numbers: ten places a customer, in which product n stands at place n.
create table products as
select * from (values
    (1, 'checking', 'checking', 1, 0.0010, 1.00), (2, 'savings', 'savings', 1, 0.0350, 0.55),
    (3, 'credit_card', 'credit_card', -1, 0.2190, 0.48), (4, 'mortgage', 'mortgage', -1, 0.0575, 0.12),
    (5, 'auto_loan', 'auto_loan', -1, 0.0690, 0.10), (6, 'personal_loan', 'personal_loan', -1, 0.1150, 0.06),
    (7, 'term_deposit', 'term_deposit', 1, 0.0425, 0.08), (8, 'investment', 'investment', 1, 0.0, 0.07),
    (9, 'checking', 'checking', 1, 0.0, 0.02), (0, 'heloc', 'heloc', -1, 0.0825, 0.02)
) as listed(slot, product_type, product_code, sign, rate, held_share);

create table books as
with

held as (

    select
        people.c::bigint * 10 + products.slot as a,
        people.*,
        products.* exclude (held_share)
    from people
    cross join products
    where
        products.slot = 1
        or (
            chance(people.c::bigint * 10 + products.slot, 'held') < products.held_share
            and not (people.segment = 'student' and products.slot in (4, 5, 7, 8, 0))
            and not (people.segment = 'business' and products.slot in (4, 5, 7, 8, 9))
            and not (people.segment = 'retired' and products.slot in (5, 6))
        )

),

opened as (

    select
        *,
        case
            when slot = 1 then onboarded
            when chance(a, 'opened') < 0.15
                then least(last_day() - 2, greatest(onboarded, first_day()) + (days() * chance(a, 'opened later'))::integer)
            else onboarded + ((greatest(first_day() - onboarded, 0)) * chance(a, 'opened before'))::integer
        end::date as opened,
        case when slot = 9 then item(['EUR', 'GBP', 'CAD'], draw(a, 'currency')) else 'USD' end as currency,
        case slot when 4 then 360 when 5 then 60 when 6 then 36 when 7 then 24 end as term_months,
        case slot
            when 4 then round(income * around(a, 'principal', 52, 0.25), -2)
            when 5 then round(around(a, 'principal', 24000, 0.3), -2)
            when 6 then round(around(a, 'principal', 9000, 0.4), -2)
        end::decimal(18, 2) as principal,
        case when slot in (4, 5, 6, 0, 2) then greatest(rate + 0.004 * bell(a, 'rate'), 0.001) else rate end::decimal(9, 6)
            as interest_rate
    from held

),

with_payment as (

    select
        *,
        round(principal * (interest_rate / 12.0) / (1 - (1 + interest_rate / 12.0) ** (-term_months)), 2)::decimal(18, 2)
            as payment,
        greatest(date_diff('month', opened, first_day()), 0) as months_paid,
        case slot when 3 then round(income * 1.6, -2) when 0 then round(income * 9, -2) end::decimal(18, 2) as credit_limit
    from opened

),

with_balance as (

    select
        *,
        case
            when slot = 1 then income * (0.6 + 2.4 * chance(a, 'balance'))
            when opened >= first_day() then 0
            when slot = 2 then income * 6 * chance(a, 'balance') ** 1.5
            when slot = 3 then credit_limit * 0.45 * chance(a, 'balance') ** 2
            when slot in (4, 5, 6) then greatest(
                principal * (1 + interest_rate / 12.0) ** months_paid
                - payment * ((1 + interest_rate / 12.0) ** months_paid - 1) / (interest_rate / 12.0), 0
            )
            when slot in (7, 8) then round(income * (2 + 8 * chance(a, 'balance')), -2)
            when slot = 9 then 400 + 3000 * chance(a, 'balance')
            else credit_limit * 0.5 * chance(a, 'balance')
        end::decimal(18, 2) as opening_balance
    from with_payment

)

select
    a,
    c,
    slot,
    segment,
    place,
    product_type,
    product_code,
    sign,
    currency,
    opened,
    case when leaving = 'hard' then greatest(leaves_on + slot, opened) end::date as closed,
    interest_rate,
    term_months,
    principal,
    payment,
    credit_limit,
    opening_balance,
    is_test,
    income,
    payday,
    appetite,
    onboarded,
    leaving,
    leaves_on,
    (a % 14)::integer as branch,
    case when slot in (4, 5, 6) and chance(a, 'delinquent') < 0.03
        then first_day() + (days() * (0.4 + 0.4 * chance(a, 'delinquent day')))::integer end::date as stops_paying_on,
    1 + pick(a, 'due day', 26) as due_day,
    case when slot in (3) and chance(a, 'revolver') < 0.45 then 1 else 0 end as is_revolver,
    null::date as quiet_from,
    null::date as quiet_to
from with_balance
where opened <= last_day();
