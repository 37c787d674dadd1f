-- Customers with the changes that the bank recorded, then what is known of them elsewhere.
create macro customer_rows() as table
with

described as (

    select
        people.*,
        places.* exclude (place),
        hash(people.c, 'details', seed()) as h,
        case when people.segment = 'business' then 'business' when people.c % 333 = 5 then 'trust' else 'individual' end as party_type
    from people
    inner join places on people.place = places.place

),

-- Every customer as first recorded; then those who left, and those whose risk was rated anew.
versions as (

    select *, 1 as version, onboarded as known_on, null::date as ended, 'low' as rating from described
    union all
    select *, 2, (first_day() + (days() * chance(c, 'rated anew'))::integer)::date, null::date, item(['medium', 'high'], h >> 9)
    from described
    where h % 100 < 6 and onboarded < first_day()
    union all
    select *, 3, leaves_on + 10, leaves_on + 9, 'low' from described where leaving = 'hard' and leaves_on + 10 <= last_day()

)

select
    customer_key(c) as customer_id,
    party_type,
    onboarded as onboarded_date,
    item(['branch', 'web', 'mobile', 'mobile', 'partner'], h) as onboarding_channel,
    ended as relationship_end_date,
    case when party_type = 'individual' then (case segment
        when 'student' then 2001 + h % 6 when 'young' then 1990 + h % 12 when 'retired' then 1938 + h % 21 else 1962 + h % 30
    end)::varchar end as birth_year,
    case when h % 200 = 3 then 'CA' else 'US' end as residency_country,
    'US' as tax_residency_country,
    state_code,
    left(postal_area, 3) as postal_area,
    (lat + ((h >> 5) % 200) / 1000.0 - 0.1)::decimal(7, 3) as home_lat,
    (lon + ((h >> 13) % 200) / 1000.0 - 0.1)::decimal(7, 3) as home_lon,
    time_zone,
    case when party_type = 'individual' then (1000 + h % 8000)::varchar end as occupation_code,
    case when party_type = 'business' then item(['445110', '722511', '238220', '541110', '811111'], h >> 3) end as industry_code,
    case when party_type = 'individual' then round(income * 12 / 0.72, -2) end::decimal(18, 2) as annual_income_declared,
    case when party_type = 'individual' then 'USD' end as income_currency,
    onboarded as income_declared_date,
    round(income, -2)::decimal(18, 2) as expected_monthly_inflow,
    case when segment = 'business' then (h >> 7) % 2 else 0 end::smallint as expected_cash_flag,
    case when version = 3 then 'exited' when h % 50 = 1 then 'refresh_due' else 'verified' end as kyc_status,
    onboarded as kyc_verified_at,
    (onboarded + 1825)::date as kyc_next_review_date,
    rating as kyc_risk_rating,
    case when h % 400 = 9 then 1 else 0 end::smallint as pep_flag,
    0::smallint as sanctions_match_flag,
    case when segment = 'business' and (h >> 11) % 8 = 0 then 1 else 0 end::smallint as ctr_exempt_flag,
    case when (h >> 17) % 10 < 6 then 1 else 0 end::smallint as consent_marketing,
    case when (h >> 21) % 10 < 8 then 1 else 0 end::smallint as consent_profiling,
    onboarded::timestamp + interval 15 hour as consent_updated_at,
    case when segment = 'retired' and h % 150 = 0 then 1 else 0 end::smallint as deceased_flag,
    case when (h >> 25) % 80 = 0 then 1 else 0 end::smallint as vulnerable_flag,
    employee_flag::smallint as employee_flag,
    is_test::smallint as is_test,
    'FNB-US' as legal_entity_id,
    'H' || (100000000 + family) as household_id,
    'crm' as source_system,
    known_on::timestamp + interval 6 hour + to_seconds((c % 3600)::bigint) as ingested_at
from versions
union all by name
select
    customer_key(0) as customer_id, 'business' as party_type, first_day() - 9000 as onboarded_date, 'US' as residency_country,
    'verified' as kyc_status, first_day() - 9000 as kyc_verified_at, 'low' as kyc_risk_rating, 0::smallint as employee_flag, 0::smallint as is_test, 'FNB-US' as legal_entity_id,
    'crm' as source_system, (first_day() - 9000)::timestamp as ingested_at;

-- Names that nobody bears, addresses that no post reaches: example.com, numbers of the film industry.
create macro customer_pii_rows() as table
select
    customer_key(c) as customer_id,
    concat(
        item(['Amber', 'Basil', 'Cedar', 'Dune', 'Ember', 'Fern', 'Glen', 'Hazel', 'Indigo', 'Juniper', 'Kestrel', 'Lark', 'Maple', 'Nimbus',
            'Opal', 'Pebble', 'Quill', 'Reed', 'Saffron', 'Tansy'], h), ' ',
        item(['Samplewell', 'Mockford', 'Fictional', 'Testerly', 'Dummont', 'Placeholder', 'Specimen', 'Loremont', 'Ipsumson', 'Madeup',
            'Invented', 'Pretend', 'Notreal', 'Exampleton', 'Synthetic'], h >> 8)
    ) as full_name,
    case when segment <> 'business' then date '1938-01-01' + (case segment
        when 'student' then 23000 + h % 2000 when 'young' then 19000 + h % 4300 when 'retired' then h % 7600 else 8800 + h % 10900
    end)::integer end as birth_date,
    'enc:' || md5(concat('tax', c, seed())) as tax_id_enc,
    item(['passport', 'driving_licence', 'state_id'], h >> 4) as id_doc_type,
    'enc:' || md5(concat('document', c, seed())) as id_doc_number_enc,
    'customer' || c || '@example.com' as email,
    '+1-212-555-01' || lpad((c % 100)::varchar, 2, '0') as phone,
    (1 + h % 900) || ' ' || item(['Sample', 'Mock', 'Placeholder', 'Imaginary', 'Nowhere'], h >> 16) || ' Street' as address_line_1,
    case when h % 3 = 0 then 'Apartment ' || (1 + h % 40) end as address_line_2,
    city,
    left(postal_area, 3) || lpad((h % 100)::varchar, 2, '0') as postal_code,
    'US' as country,
    md5(concat('tax hash', c, seed())) as tax_id_hash,
    md5(concat('mail hash', c, seed())) as email_hash,
    md5(concat('phone hash', c, seed())) as phone_hash,
    onboarded::timestamp + interval 7 hour as ingested_at
from (
    select people.*, places.city, places.postal_area, hash(people.c, 'vault', seed()) as h
    from people
    inner join places on people.place = places.place
) as described;

-- A bureau's score each quarter, walking about a level of the customer's own; a few from a second model.
create macro credit_score_rows() as table
with

pulled as (

    select
        people.*,
        quarter,
        (first_day() + (quarter * 91 + hash(c, 'score day', seed()) % 25)::integer)::date as score_date,
        hash(hash(c, quarter), 'score', seed()) as h,
        690 + 55 * bell(c, 'standing') + case when segment = 'affluent' then 40 when segment = 'student' then -45 else 0 end as standing
    from people
    cross join range(0, 1 + days() // 91) as listed(quarter)
    where segment <> 'business' and hash(c, 'scored', seed()) % 100 < 85

),

scored as (

    select
        *,
        greatest(300, least(850, round(standing + 14 * bell_of(h))))::integer as score
    from pulled
    where score_date <= last_day() and score_date >= onboarded

)

select
    'CS' || (c * 100::bigint + quarter) as score_id,
    customer_key(c) as customer_id,
    'FICO8' as score_model,
    item(['equifax', 'experian', 'transunion'], h) as bureau,
    score::decimal(9, 2) as score_value,
    300.00::decimal(9, 2) as score_min,
    850.00::decimal(9, 2) as score_max,
    score_date,
    'soft' as pull_type,
    item(['R01', 'R04', 'R10', 'R14', 'R18'], h >> 3) as reason_code_1,
    item(['R02', 'R05', 'R11', 'R15', 'R19'], h >> 7) as reason_code_2,
    round(1.0 / (1.0 + exp((score - 560) / 45.0)), 6)::decimal(9, 6) as pd_12m,
    round(greatest(0, 0.35 - (score - 690) / 500.0 + 0.05 * bell_of(hash(h, 1))), 6)::decimal(9, 6) as utilization,
    round(0.15 + 0.25 * share_of(hash(h, 2)), 6)::decimal(9, 6) as dti,
    case when score < 620 then (1 + h % 4)::varchar else '0' end as delinquencies_24m,
    (h % 3)::integer as inquiries_6m,
    (score_date + 90)::date as valid_until,
    'account_review' as allowed_purposes,
    score_date::timestamp + interval 30 hour as ingested_at
from scored;
