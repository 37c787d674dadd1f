-- Log-ins of a month, before they are written: `c` is NULL for a user name that nobody has.
create table logins (
    n bigint, c integer, username varchar, ts timestamp, event varchar default 'login', outcome varchar, reason varchar,
    mfa varchar, channel varchar, device bigint, place integer, prefix varchar, network varchar, is_vpn smallint default 0,
    is_hosting smallint default 0, seconds integer, scenario varchar, rule varchar
);
create table planted_logins as from logins;
alter table planted_logins alter event set default 'login';
alter table planted_logins alter is_vpn set default 0;
alter table planted_logins alter is_hosting set default 0;

create table month_digital (
    n bigint, c integer, ts timestamp, name varchar, feature varchar, channel varchar, session bigint
);

create macro login_rows(logins_table) as table
select
    login_key(source.n) as login_id,
    customer_key(source.c) as customer_id,
    md5(concat(coalesce(source.username, 'user ' || source.c), seed())) as username_hash,
    source.ts as event_ts,
    source.known_at as ingested_at,
    source.event as event_type,
    source.outcome,
    source.reason as failure_reason,
    case when source.event = 'login' then case when source.channel = 'mobile' then 'biometric' else 'password' end end as auth_method,
    case when source.mfa is not null then 'push' else 'none' end as mfa_method,
    source.mfa as mfa_result,
    source.channel,
    device_key(source.device) as device_id,
    case when source.device % 10 = 0 then 'ios' when source.device is not null then 'windows' end as device_os,
    case when source.channel = 'mobile' then '7.' || (3 + month(source.ts) // 4) end as app_version,
    md5(concat('agent ', coalesce(source.device, source.n) % 400)) as user_agent_hash,
    source.prefix as ip_prefix,
    source.network as asn,
    places.country as ip_country,
    source.is_vpn as is_vpn_proxy,
    source.is_hosting as is_hosting_asn,
    (places.lat + (hash(source.prefix, 'lat') % 1000) / 5000.0 - 0.1)::decimal(9, 6) as lat,
    (places.lon + (hash(source.prefix, 'lon') % 1000) / 5000.0 - 0.1)::decimal(9, 6) as lon,
    20.000::decimal(9, 3) as geo_accuracy_km,
    case when source.outcome = 'success' and source.event = 'login' then 'S' || source.n end as session_id,
    case when source.outcome = 'success' and source.event = 'login' then source.seconds::varchar end as session_seconds
from (
    select *, ts + to_seconds((5 + n % 120)::bigint) as known_at
    from query_table(logins_table)
    order by known_at, n
) as source
left join places on source.place = places.place;
