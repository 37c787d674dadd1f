-- Accounts as opened, with what happened to them since, and as they stand at the end.
create macro account_rows() as table
with

versions as (

    select *, 'open' as status, null::date as closed_on, 0 as dpd, opened as known_on, opening_balance as current_balance from books
    union all
    select *, 'closed', closed, 0, closed, 0 from books where closed <= last_day()
    union all
    select books.*, 'open', null::date, past, (stops_paying_on + 1 + past)::date, opening_balance
    from books
    cross join (values (30), (60), (90)) as steps(past)
    where stops_paying_on + 1 + past <= last_day() and closed is null
    union all
    select
        books.*,
        case when quiet_from is not null and quiet_to >= last_day() then 'dormant' else 'open' end,
        null::date,
        case when stops_paying_on <= last_day() then (last_day() - stops_paying_on)::integer else 0 end,
        last_day(),
        balances.balance
    from books
    inner join balances on books.a = balances.a
    where (books.closed is null or books.closed > last_day()) and books.opened < last_day()

)

select
    account_key(a) as account_id,
    customer_key(c) as primary_customer_id,
    product_type,
    product_code,
    currency,
    status,
    opened as opened_date,
    closed_on as closed_date,
    case when closed_on is not null then 'customer' end as close_reason,
    case when closed_on is not null then 'customer' end as close_initiator,
    'B' || (100 + branch) as branch_id,
    interest_rate,
    case when slot = 0 then 'variable' else 'fixed' end as rate_type,
    case when slot = 0 then 'PRIME' end as index_code,
    case when slot = 0 then (interest_rate - 0.0750)::decimal(9, 6) end as margin,
    case when slot in (4, 5, 6) then '30/360US' when slot in (3, 0, 1, 2, 7, 9) then 'ACT/365F' end as day_count,
    'daily' as accrual_timing,
    case when sign = 1 then 'compound' else 'simple' end as compounding,
    principal as original_principal,
    term_months,
    case when slot in (4, 5, 6, 0) then opened end as origination_date,
    case when term_months is not null then (opened + to_months(term_months))::date end as maturity_date,
    case when slot in (4, 5, 6) then (date_trunc('month', opened) + interval 1 month + to_days(due_day::integer - 1))::date end as first_payment_date,
    case when slot in (4, 5, 6) then 'monthly' end as payment_frequency,
    payment as payment_amount,
    credit_limit,
    case when slot = 1 then round(income * 0.1, -2) end::decimal(18, 2) as overdraft_limit,
    dpd::varchar as days_past_due,
    case when dpd >= 90 then 1 else 0 end::smallint as nonaccrual_flag,
    current_balance,
    known_on as balance_date,
    case when slot = 1 then 1 end::smallint as debit_regulated_flag,
    0::smallint as is_internal,
    is_test::smallint as is_test,
    'FNB-US' as legal_entity_id,
    known_on::timestamp + interval 8 hour + to_seconds((a % 3600)::bigint) as ingested_at
from versions
union all by name
select
    account_key(a) as account_id, customer_key(0) as primary_customer_id, 'checking' as product_type, 'internal' as product_code,
    'USD' as currency, 'open' as status, first_day() - 9000 as opened_date, 1::smallint as is_internal, 0::smallint as is_test,
    'FNB-US' as legal_entity_id, (first_day() - 9000)::timestamp as ingested_at
from (values (1), (2), (3)) as own(a);

create macro account_holder_rows() as table
select
    account_key(a) as account_id, customer_key(c) as customer_id, 'primary' as role,
    (case when c % 8 = 1 and slot = 1 and c < getvariable('customers') then 0.5 else 1 end)::decimal(9, 6) as ownership_share,
    opened as valid_from, case when closed <= last_day() then closed end as valid_to, opened::timestamp + interval 8 hour as ingested_at
from books
union all
select
    account_key(a), customer_key(c + 1), 'joint', 0.5::decimal(9, 6), opened, null::date, opened::timestamp + interval 8 hour
from books
where c % 8 = 1 and slot = 1 and c < getvariable('customers')
union all
select account_key(a), customer_key(0), 'primary', 1::decimal(9, 6), first_day() - 9000, null::date, (first_day() - 9000)::timestamp
from (values (1), (2), (3)) as own(a);

create macro card_rows() as table
with plastic as (
    select *, a * 10 + 1 as card, c as holder from books where slot in (1, 3)
    union all
    select *, a * 10 + 2, c + 1 from books where slot = 1 and c % 8 = 1 and c < getvariable('customers')
)
select
    card_key(card) as card_token,
    account_key(a) as account_id,
    customer_key(holder) as customer_id,
    case when a % 7 < 5 then 'visa' else 'mastercard' end as network,
    case when slot = 3 then 'rewards' else 'classic' end as card_product,
    case when slot = 3 then 'credit' else 'debit' end as funding_type,
    case when slot = 1 then 1 else 0 end::smallint as regulated_flag,
    opened as issued_date,
    (first_day() + (days() * 0.7)::integer + (chance(card, 'expiry') * 1300)::integer)::date as expiry_date,
    case when closed <= last_day() then 'blocked' else 'active' end as status,
    opened::timestamp + interval 20 hour as ingested_at
from plastic;
