-- What was planted, for those who measure: never a source.
create macro truth_scenarios() as table
with

rows_of as (

    select scenario, ts, a, amount, 1 as is_payment, rule, null as source from planted_entries where scenario is not null
    union all
    select scenario, ts, null, null, 0, rule, coalesce(network, prefix) from planted_logins where scenario is not null

),

counted as (

    select
        scenario, min(ts) as begins_at, max(ts) as ends_at, sum(is_payment)::integer as transactions, sum(1 - is_payment)::integer as logins,
        sum(amount) as amount, string_agg(distinct rule, ',' order by rule) as rules
    from rows_of
    group by scenario

)

select
    counted.scenario as scenario_id, split_part(counted.scenario, '-', 1) as kind, coalesce(counted.rules, '') as rules,
    customer_key(plans.c) as customer_id, account_key(plans.a) as account_id, attacks.network as source_network,
    counted.begins_at, counted.ends_at, counted.transactions, counted.logins, counted.amount::decimal(18, 2) as amount
from counted
left join plans on counted.scenario = plans.scenario
left join attacks on counted.scenario = attacks.scenario
union all by name
select
    concat('churn_', leaving, '-', c) as scenario_id, concat('churn_', leaving) as kind, case leaving when 'hard' then 'C1' else 'C3' end as rules,
    customer_key(c) as customer_id, leaves_on::timestamp as begins_at
from people
where leaving is not null
union all by name
select
    concat('fee_leak-', rule, '-', n) as scenario_id, 'fee_leak' as kind, rule as rules, account_key(a) as account_id, ts as begins_at, 1 as transactions,
    abs(expected - found)::decimal(18, 2) as amount
from leaks;

create macro truth_transactions() as table
select
    scenario as scenario_id, transaction_key(n) as transaction_id, rule, ts as event_ts,
    case when is_fraudulent(scenario) and not is_credit then 1 else 0 end::smallint as is_fraud
from planted_entries
where scenario is not null
union all by name
select concat('fee_leak-', rule, '-', n) as scenario_id, transaction_key(n) as transaction_id, rule, ts as event_ts, 0::smallint as is_fraud
from leaks;

create macro truth_logins() as table
select scenario as scenario_id, login_key(n) as login_id, rule, ts as event_ts, prefix as ip_prefix, network as asn
from planted_logins
where scenario is not null;
