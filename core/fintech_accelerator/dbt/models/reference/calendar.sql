{%- if core.core__is_mapped('calendar') -%}
{{ core.core__reference('calendar') }}
{%- else -%}
with

holidays as (

    select
        holiday_date,
        jurisdiction,
        holiday_name
    from {{ ref('core', 'seed_holidays') }}

),

every_day as (

    select {{ core.add_days("cast('1990-01-01' as date)", 'day_numbers.number') }} as calendar_date
    from ({{ core.numbers(20453) }}) as day_numbers

),

{# WEEKEND is for banks whose holidays are not known. #}
jurisdictions as (

    select 'US' as jurisdiction
    union all
    select 'EU' as jurisdiction
    union all
    select 'WEEKEND' as jurisdiction

),

with_business_day as (

    select
        every_day.calendar_date,
        jurisdictions.jurisdiction,
        holidays.holiday_name,
        case
            when extract(dow from every_day.calendar_date) in (0, 6) or holidays.holiday_date is not null then 0
            else 1
        end as is_business_day
    from every_day
    cross join jurisdictions
    left join holidays
        on every_day.calendar_date = holidays.holiday_date
        and jurisdictions.jurisdiction = holidays.jurisdiction

),

final as (

    select
        calendar_date,
        cast(jurisdiction as varchar(10)) as jurisdiction,
        cast(is_business_day as smallint) as is_business_day,
        min(case when is_business_day = 1 then calendar_date end) over (
            partition by jurisdiction order by calendar_date desc rows between unbounded preceding and 1 preceding
        ) as next_business_date,
        max(case when is_business_day = 1 then calendar_date end) over (
            partition by jurisdiction order by calendar_date rows between unbounded preceding and 1 preceding
        ) as previous_business_date,
        cast(
            cast(extract(year from calendar_date) as varchar(4)) || '-'
            || lpad(cast(extract(month from calendar_date) as varchar(2)), 2, '0')
            as varchar(7)
        ) as fiscal_period,
        cast(
            case when extract(day from {{ core.add_days('calendar_date', 1) }}) = 1 then 1 else 0 end
            as smallint
        ) as month_end_flag,
        cast(holiday_name as varchar(60)) as holiday_name,
        cast(
            case jurisdiction
                when 'US' then 'closing days of the Federal Reserve'
                when 'EU' then 'closing days of TARGET'
                else 'weekends only'
            end
            as varchar(120)
        ) as source,
        cast(null as timestamp) as loaded_at
    from with_business_day

)

select * from final
{%- endif %}
