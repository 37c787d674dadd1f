-- Card purchases: the bulk of what happens.
delete from entries;

insert into entries by name
with

buyers as (

    select
        *,
        (
            (case when slot = 1 then 10.0 else 8.0 end * appetite * getvariable('season') + 1.2 * bell(hash(a, month_first()), 'count'))
            * month_days() / 30.0
        )::integer as purchases,
        chance(hash(c, month_first()), 'trip') < 0.05 as is_away,
        pick(hash(c, month_first()), 'trip begins', 24) as away_from,
        (income / 4800) ** 0.35 as price_level
    from books
    where
        slot in (1, 3) and opened <= month_last()
        and (closed is null or closed > month_first()) and (leaves_on is null or leaves_on > month_first())

),

each as (

    select
        buyers.*,
        unnest(range(purchases)) as i
    from buyers

),

drawn as (

    select
        each.* exclude (is_away),
        hash(hash(a, i, month_first()), 'purchase', seed()) as h,
        choice('day_slots', hash(hash(a, i, month_first()), 'purchase day', seed())) as day_number,
        is_away
    from each

),

chosen as (

    select
        *,
        hash(h, 1) as h1,
        hash(h, 2) as h2,
        choice('category_slots', h >> 8) as category,
        is_away and day_number between away_from and away_from + 5 as is_abroad
    from drawn
    where is_alive(
        month_first() + day_number, opened, closed, leaves_on - ((h >> 40) % 80)::integer, quiet_from, quiet_to
    )

),

placed as (

    select
        chosen.*,
        categories.median,
        categories.spread,
        not is_abroad and (share_of(h1) < categories.online_share) as is_online
    from chosen
    inner join categories on chosen.category = categories.category

),

final as (

    select
        *,
        case
            when is_online then 90
            when is_abroad then choice('travel_slots', draw(hash(c, month_first()), 'trip'))
            else place
        end as shop_place,
        case when (h2 & 15) < 11 then hash(c, category, (h2 >> 4) % 3) else h2 >> 8 end as shop
    from placed

)

select
    entry_number(a, 1, i) as n,
    a,
    case when c % 8 = 1 and slot = 1 and (h2 >> 50) % 5 < 2 and c < getvariable('customers') then c + 1 else c end as c,
    at_second(
        day_number, case when is_online then second_of('online_hours', h1) else second_of('shop_hours', h1) end
    ) as ts,
    cents(median * price_level * exp(spread * bell_of(h2))) as amount,
    false as is_credit,
    'purchase' as kind,
    case
        when (h1 >> 30) % 1000 < 18 then 'declined' when (h1 >> 30) % 1000 < 20 then 'expired'
        when (h1 >> 30) % 1000 < 24 then 'reversed' else 'posted'
    end as status,
    case when is_online then 'ecom' else 'pos' end as channel,
    category * 100000 + shop_place * 1000
    + (shop % case when is_online then getvariable('online_shops') else getvariable('shops') end)::integer as merchant,
    a * 10 + case when c % 8 = 1 and slot = 1 and (h2 >> 50) % 5 < 2 and c < getvariable('customers') then 2 else 1 end as card,
    case when is_online then 0 else 1 end as is_present,
    case when is_online then 'ecommerce' when (h1 >> 50) % 10 < 6 then 'contactless' when (h1 >> 50) % 10 < 9 then 'chip'
        else 'magstripe' end as entry_mode,
    case when is_online then c::bigint * 10 + (h2 >> 60) % 2 end as device,
    case when is_abroad then (select places.currency from places where places.place = shop_place) end as currency
from final;

-- Abroad, prices are in the money of the place.
update entries
set amount = cents(amount / rates.rate)
from exchange_rates as rates
where
    entries.currency is not null and entries.currency <> 'USD' and rates.currency = entries.currency
    and rates.rate_date = cast(local_time(entries.ts) as date);
