-- What is known beside payments: labels, cases, contacts, campaigns, the general ledger; and the bank's own price lists.
create macro loan_payment_rows() as table
select
    'P' || n as payment_id, account_key(a) as account_id, transaction_key(checking_n) as transaction_id, due_on as due_date, paid_on as paid_date,
    amount as payment_amount, (amount - least(interest, amount))::decimal(18, 2) as principal_amount, least(interest, amount) as interest_amount,
    0.00::decimal(18, 2) as fee_amount, 0::smallint as is_prepayment, paid_on::timestamp + interval 28 hour as ingested_at
from paid_instalments
order by paid_on, n;

-- Fraud becomes known for two plants in three, days or weeks later; some honest payments are looked into, too.
create macro label_rows() as table
with

suspects as (

    select
        n, a, ts, amount, scenario, hash(n, 'label', seed()) as h,
        split_part(scenario, '-', 1) as kind
    from planted_entries
    where
        not is_credit and status = 'posted'
        and (
            is_fraudulent(scenario)
            or split_part(scenario, '-', 1) in ('listed_country', 'dormant_wake_up', 'velocity_burst', 'outflow_burst', 'night_purchase')
        )

),

labelled as (

    select
        *,
        ts + to_hours((20 + 24 * (1 + 12 * exp(0.8 * bell_of(hash(h, 1)))))::bigint) as known_at,
        is_fraudulent(scenario) as is_fraud
    from suspects
    where (hash(scenario, 'told', seed()) % 100) < 68

)

select
    'F' || n as label_id, transaction_key(n) as transaction_id,
    case when is_fraud then 'fraud_confirmed' else 'legit_confirmed' end as label,
    case kind when 'payment_diversion' then 'authorised_push_payment' when 'cloned_card' then 'third_party' when 'cash_run' then 'third_party' else case when is_fraud then kind end end as fraud_type,
    known_at as label_known_at,
    case when is_fraud and kind in ('card_testing', 'cloned_card') then 'chargeback' when is_fraud then 'customer_report' else 'investigation' end as label_source,
    case when is_fraud then amount else 0 end::decimal(18, 2) as loss_amount_base,
    case when is_fraud and h % 4 = 0 then round(amount * 0.5, 2) else 0 end::decimal(18, 2) as recovered_amount_base,
    case when is_fraud and kind in ('card_testing', 'cloned_card') then round(amount * 0.4, 2) else 0 end::decimal(18, 2) as liability_shifted_amount_base,
    known_at + interval 2 hour as ingested_at
from labelled
where known_at < last_day()::timestamp
union all by name
select
    'G' || n as label_id, transaction_key(n) as transaction_id, 'fraud_suspected' as label, 'third_party' as fraud_type,
    ts + interval 26 hour as label_known_at, 'model' as label_source, ts + interval 27 hour as ingested_at
from labelled
where h % 3 = 0 and ts < last_day()::timestamp - interval 3 day;

create macro case_rows() as table
select
    'K' || n as case_id, ts + to_minutes((3 + hash(n, 'alert', seed()) % 300)::bigint) as alert_ts, 'fraud' as pack, rule as rule_id,
    transaction_key(n) as transaction_id, customer_key(c) as customer_id,
    case when ts > last_day()::timestamp - interval 10 day then 'open' else 'closed' end as status,
    case when ts > last_day()::timestamp - interval 10 day then null
        when is_fraudulent(scenario) then 'confirmed'
        when hash(n, 'outcome', seed()) % 5 = 0 then 'inconclusive' else 'false_positive' end as disposition,
    'analyst-' || (1 + hash(n, 'analyst', seed()) % 6) as analyst_id,
    case when ts <= last_day()::timestamp - interval 10 day then ts + to_hours((4 + hash(n, 'closed', seed()) % 160)::bigint) end as closed_at,
    ts + to_hours((5 + hash(n, 'closed', seed()) % 160)::bigint) as ingested_at
from planted_entries
where rule is not null and scenario is not null and hash(n, 'case', seed()) % 10 < 8;

create macro contact_rows() as table
select
    concat('N', c, '-', i) as contact_id, customer_key(c) as customer_id, ts as event_ts,
    item(['call', 'call', 'branch_visit', 'chat', 'email', 'complaint'], h) as contact_type,
    item(['fees', 'card', 'login', 'payment', 'rates', 'address'], h >> 8) as reason_category,
    1::smallint as is_owner_initiated, case when (h >> 16) % 10 < 8 then 1 else 0 end::smallint as is_resolved, ts + interval 20 minute as ingested_at
from (
    select
        people.c, i, hash(hash(people.c, i), 'contact', seed()) as h,
        first_day()::timestamp + to_days((days() * chance(hash(people.c, i), 'contact day'))::integer) + interval 15 hour
            + to_seconds(pick(hash(people.c, i), 'contact time', 20000)::bigint) as ts,
        people.onboarded, people.leaves_on
    from people, range(0, 4) as listed(i)
    where chance(hash(people.c, i), 'contacted') < 0.3 * days() / 365 + case when people.leaving is not null then 0.3 else 0 end
) as contacts
where ts::date >= onboarded and (leaves_on is null or ts::date <= leaves_on + 5);

create macro campaign_rows() as table
select
    concat('CMP-', wave) as campaign_id, customer_key(people.c) as customer_id,
    sent_on::timestamp + interval 14 hour as contacted_at, item(['email', 'push', 'mail'], hash(people.c, wave)) as channel,
    case when hash(people.c, wave, 'arm', seed()) % 10 = 0 then 'control' else 'treatment' end as arm, item(['SAVE-BONUS', 'CARD-UPGRADE'], wave::ubigint) as offer_code,
    case when hash(people.c, wave, 'arm', seed()) % 10 > 0 and chance(hash(people.c, wave), 'responded') < 0.06
        then sent_on::timestamp + to_hours((20 + hash(people.c, wave, 'answer', seed()) % 200)::bigint) end as responded_at,
    sent_on::timestamp + interval 40 hour as ingested_at
from people, (select wave, first_day() + (days() * (0.3 + 0.35 * wave))::integer as sent_on from range(0, 2) as waves(wave)) as waves
where hash(people.c, wave, 'chosen', seed()) % 10 < 3 and people.is_test = 0 and people.onboarded < sent_on and people.leaves_on is null;

create macro ledger_rows() as table
select
    concat(gl_account, '-', line) as gl_account, 'FNB-US' as legal_entity_id, period_end, line,
    (amount_base + case when hash(line, period_end, 'break', seed()) % 40 = 0 then 250 else 0 end)::decimal(18, 2) as amount_base,
    period_end::timestamp + interval 5 day as ingested_at
from ledger;

create macro fx_rate_rows() as table
select rate_date, currency as from_currency, 'USD' as to_currency, rate::decimal(18, 8) as rate, 'close' as rate_type
from exchange_rates
where is_rate_told(currency, rate_date);

create macro fee_schedule_rows() as table
select * from (values
    ('MONTHLY', 'checking', date '2020-01-01', null::date, 'account_fee', 12.00::decimal(18, 2), null::decimal(9, 6), 'monthly', 'average balance of the month before from 1500'),
    ('OVERDRAFT', 'checking', date '2020-01-01', null, 'overdraft_fee', 35.00, null, 'event', null),
    ('ATM', 'checking', date '2020-01-01', null, 'service_fee', 3.00, null, 'event', null),
    ('WIRE', 'checking', date '2020-01-01', null, 'service_fee', 25.00, null, 'event', null),
    ('FOREIGN', 'checking', date '2020-01-01', null, 'fx_margin', null, 0.03, 'event', null),
    ('FOREIGN', 'credit_card', date '2020-01-01', null, 'fx_margin', null, 0.03, 'event', null),
    ('LATE', 'mortgage', date '2020-01-01', null, 'penalty_fee', 29.00, null, 'event', null),
    ('LATE', 'auto_loan', date '2020-01-01', null, 'penalty_fee', 29.00, null, 'event', null),
    ('LATE', 'personal_loan', date '2020-01-01', null, 'penalty_fee', 29.00, null, 'event', null)
) as listed(fee_code, product_code, effective_from, effective_to, fee_line, fee_amount, fee_rate, charge_frequency, waiver_rule);

create macro rate_index_rows() as table
select index_code, day as rate_date, (level - case when position > days() * 0.6 then 0.0025 else 0 end)::decimal(9, 6) as rate
from history_days, (values ('PRIME', 0.0750), ('SOFR', 0.0430)) as indices(index_code, level)
where extract(isodow from day) < 6;

create macro ftp_curve_rows() as table
select tenor_months, day as rate_date, (0.0400 + 0.0006 * sqrt(tenor_months) + 0.0004 * sin(position / 30.0))::decimal(9, 6) as rate
from history_days, (values (1), (3), (6), (12), (24), (36), (60), (120)) as tenors(tenor_months)
where extract(isodow from day) < 6;

create macro cost_to_serve_rows() as table
select channel, txn_type, round(channel_cost * weight, 4)::decimal(18, 4) as unit_cost
from (values ('pos', 0.05), ('ecom', 0.04), ('atm', 0.55), ('branch', 4.2), ('mobile', 0.03), ('web', 0.04), ('phone', 3.1), ('batch', 0.02), ('system', 0.01))
    as channels(channel, channel_cost)
cross join (values ('purchase', 1.0), ('cash_withdrawal', 1.1), ('cash_deposit', 1.4), ('bill_payment', 1.0), ('p2p_out', 1.0), ('wire_out', 9.0),
    ('transfer_out', 1.0), ('check', 2.0)) as types(txn_type, weight);

create macro rate_tier_rows() as table
select * from (values
    ('savings', 0.00::decimal(18, 2), date '2020-01-01', null::date, 0.030000::decimal(9, 6)), ('savings', 10000.00, date '2020-01-01', null, 0.035000),
    ('savings', 50000.00, date '2020-01-01', null, 0.040000)
) as listed(product_code, balance_from, effective_from, effective_to, rate);

create macro shared_prefix_rows() as table
select concat('100.64.', place, '.0/24') as ip_prefix, 'carrier-grade address translation' as reason from places where place < 60;
