{{ config(materialized='table', meta={'time_column': 'activity_date'}) }}

with

users as (

    select
        activity_date,
        channel,
        segment,
        window_complete_flag,
        eligible_users,
        daily_active_users,
        digital_active_users,
        weekly_active_users,
        monthly_active_users,
        active_users_30d,
        new_users,
        retained_users,
        source_batch_id
    from {{ ref('int_engagement__users_by_day') }}

),

logins as (

    select
        activity_date,
        channel,
        segment,
        login_attempt_count,
        login_count,
        session_seconds_median
    from {{ ref('int_engagement__logins_by_day') }}

),

compared as (

    select
        users.*,
        sum(daily_active_users) over (
            partition by channel, segment order by activity_date rows between 27 preceding and current row
        ) as daily_active_users_28d,
        lag(monthly_active_users, 28) over (
            partition by channel, segment order by activity_date
        ) as monthly_active_users_before
    from users

),

with_lapsed as (

    select
        compared.*,
        monthly_active_users - new_users - retained_users as resurrected_users,
        monthly_active_users_before - retained_users as lapsed_users
    from compared

),

final as (

    select
        with_lapsed.activity_date,
        cast(with_lapsed.channel as varchar(12)) as channel,
        cast(with_lapsed.segment as varchar(12)) as segment,
        {{ engagement__when_mapped('customers', 'onboarded_date', 'with_lapsed.eligible_users') }} as eligible_users,
        with_lapsed.daily_active_users,
        with_lapsed.weekly_active_users,
        with_lapsed.monthly_active_users,
        with_lapsed.active_users_30d,
        with_lapsed.new_users,
        with_lapsed.retained_users,
        cast(with_lapsed.resurrected_users as integer) as resurrected_users,
        cast(with_lapsed.lapsed_users as integer) as lapsed_users,
        case
            when with_lapsed.window_complete_flag = 1
                then {{ engagement__ratio(
                    'with_lapsed.daily_active_users_28d', '28 * with_lapsed.monthly_active_users'
                ) }}
        end as stickiness,
        {{ engagement__ratio('with_lapsed.weekly_active_users', 'with_lapsed.monthly_active_users') }}
            as weekly_to_monthly_ratio,
        {{ engagement__ratio('with_lapsed.new_users + with_lapsed.resurrected_users', 'with_lapsed.lapsed_users') }}
            as quick_ratio,
        {{ engagement__when_digital('with_lapsed.digital_active_users') }} as digital_active_users,
        {{ engagement__when_digital(
            engagement__ratio('with_lapsed.digital_active_users', 'with_lapsed.daily_active_users'), 'decimal(18, 6)'
        ) }} as digital_share,
        {{ engagement__when_mapped(
            'login_activity', 'outcome', engagement__ratio('logins.login_count', 'logins.login_attempt_count'),
            'decimal(18, 6)'
        ) }} as login_success_rate,
        {{ engagement__when_mapped(
            'login_activity', 'session_seconds', 'cast(logins.session_seconds_median as decimal(18, 1))', 'decimal(18, 1)'
        ) }} as session_seconds_median,
        cast(with_lapsed.window_complete_flag as smallint) as window_complete_flag,
        {{ engagement__user_flags() }} as capability_flags,
        {{ core.parameter_set_id() }} as param_set_id,
        cast(with_lapsed.source_batch_id as integer) as source_batch_id
    from with_lapsed
    left join logins
        on with_lapsed.activity_date = logins.activity_date
        and with_lapsed.channel = logins.channel
        and with_lapsed.segment = logins.segment

)

select * from final
