"""Planted scenarios trip the rules that the truth names, in plain SQL at the packs' defaults."""

# ruff: noqa: E501  (a query's condition is read in one line)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .planted import LOGINS, PAYMENTS, planted, tripped

if TYPE_CHECKING:
    from .conftest import Bank


def test_every_planted_row_is_in_the_files(bank: Bank) -> None:
    assert bank.one(
        "select count(*) from truth_scenario_transactions where transaction_id not in"
        " (select transaction_id from transactions)"
    ) == 0  # fmt: skip
    assert bank.one(
        "select count(*) from truth_scenario_logins where login_id not in (select login_id from login_activity)"
    ) == 0  # fmt: skip


def test_no_customer_is_in_two_scenarios(bank: Bank) -> None:
    assert bank.one(
        "select count(*) from (select customer_id from truth_scenarios where customer_id is not null"
        " group by customer_id having count(*) > 1)"
    ) == 0  # fmt: skip


def test_card_testing_ends_in_a_large_payment(bank: Bank) -> None:
    found = tripped(
        bank,
        f"""
        with medians as (select customer_id, median(amount) as usual from {PAYMENTS} where status <> 'declined' group by all)
        select truth.scenario_id from truth_scenario_transactions as truth
        inner join {PAYMENTS} as large on truth.transaction_id = large.transaction_id
        inner join medians on large.customer_id = medians.customer_id
        where truth.rule = 'T06' and large.amount >= 5 * greatest(usual, 2) and (
            select count(*) from {PAYMENTS} as small where small.card_token = large.card_token and small.amount <= 2
            and small.event_ts > large.event_ts - interval 1 hour and small.event_ts <= large.event_ts
        ) >= 3
        """,
    )

    assert found == planted(bank, "card_testing")


def test_takeovers_succeed_after_failures_from_a_new_device_and_pay_a_new_payee(bank: Bank) -> None:
    found = tripped(
        bank,
        f"""
        select truth.scenario_id from truth_scenario_logins as truth
        inner join {LOGINS} as entry on truth.login_id = entry.login_id
        where truth.rule = 'L03' and entry.outcome = 'success' and (
            select count(*) from {LOGINS} as failed where failed.customer_id = entry.customer_id and failed.outcome = 'failure'
            and failed.event_ts > entry.event_ts - interval 1 hour and failed.event_ts <= entry.event_ts
        ) >= 5 and not exists (
            select 1 from {LOGINS} as earlier where earlier.customer_id = entry.customer_id and earlier.device_id = entry.device_id
            and earlier.outcome = 'success' and earlier.event_ts < entry.event_ts
        )
        intersect
        select truth.scenario_id from truth_scenario_transactions as truth
        inner join {PAYMENTS} as payment on truth.transaction_id = payment.transaction_id
        where truth.rule = 'T05' and payment.amount >= 1000 and not exists (
            select 1 from {PAYMENTS} as earlier where earlier.customer_id = payment.customer_id
            and earlier.counterparty_account_hash = payment.counterparty_account_hash and earlier.event_ts < payment.event_ts
        )
        """,
    )

    assert found == planted(bank, "account_takeover")


def test_impossible_journeys_are_faster_than_an_airliner(bank: Bank) -> None:
    found = tripped(
        bank,
        f"""
        with steps as (
            select login_id, event_ts, lat, lon, geo_accuracy_km,
                lag(lat) over journey as lat_before, lag(lon) over journey as lon_before,
                lag(geo_accuracy_km) over journey as accuracy_before, lag(event_ts) over journey as before
            from {LOGINS} where event_type = 'login' and outcome = 'success'
            window journey as (partition by customer_id order by event_ts, login_id)
        ),
        measured as (
            select *, 2 * 6371.0088 * asin(least(1.0, sqrt(
                pow(sin(radians(lat - lat_before) / 2), 2)
                + cos(radians(lat_before)) * cos(radians(lat)) * pow(sin(radians(lon - lon_before) / 2), 2)
            ))) - geo_accuracy_km - accuracy_before as km
            from steps
        )
        select scenario_id from measured inner join truth_scenario_logins using (login_id)
        where rule = 'F8,L04' and km >= 100 and km / (greatest(date_diff('second', before, measured.event_ts), 60) / 3600.0) >= 900
        """,
    )

    assert found == planted(bank, "impossible_journey")


def test_structuring_stays_below_the_threshold_on_days_near_each_other(bank: Bank) -> None:
    found = tripped(
        bank,
        """
        with days as (
            select customer_id, posted_date, sum(amount) as total, max(amount) as largest
            from (select distinct on (transaction_id) * from transactions where txn_type = 'cash_deposit')
            group by customer_id, posted_date
        ),
        near as (select * from days where total <= 10000 and largest between 8000 and 10000),
        chains as (
            select customer_id, count(*) over ten as near_days, sum(total) over ten as cash from near
            window ten as (partition by customer_id order by posted_date range between interval 9 days preceding and current row)
        )
        select distinct scenario_id from chains inner join truth_scenarios using (customer_id)
        where near_days >= 3 and cash > 10000 and kind like 'structuring%'
        """,
    )

    assert found == planted(bank, "structuring")


def test_sleepers_wake_after_half_a_year(bank: Bank) -> None:
    found = tripped(
        bank,
        f"""
        select truth.scenario_id from truth_scenario_transactions as truth
        inner join {PAYMENTS} as payment on truth.transaction_id = payment.transaction_id
        where truth.rule = 'T11' and payment.amount >= 500 and (
            select max(earlier.event_ts) from {PAYMENTS} as earlier
            where earlier.account_id = payment.account_id and earlier.status <> 'declined' and earlier.event_ts < payment.event_ts
        ) <= payment.event_ts - interval 180 days
        """,
    )

    assert found == planted(bank, "dormant_wake_up")


def test_a_cash_run_empties_machines_by_one_card_within_a_day(bank: Bank) -> None:
    found = tripped(
        bank,
        f"""
        select truth.scenario_id from truth_scenario_transactions as truth
        inner join {PAYMENTS} as drawn on truth.transaction_id = drawn.transaction_id
        where truth.rule = 'T13' and drawn.mcc = '6011' and (
            select count(*) from {PAYMENTS} as earlier where earlier.card_token = drawn.card_token
            and earlier.event_ts > drawn.event_ts - interval 1 day and earlier.event_ts <= drawn.event_ts
        ) >= 3
        """,
    )

    assert found == planted(bank, "cash_run")


def test_large_cash_passes_the_threshold_only_on_the_day_as_a_whole(bank: Bank) -> None:
    found = tripped(
        bank,
        """
        select scenario_id from truth_scenario_transactions
        inner join (select distinct on (transaction_id) * from transactions) as row using (transaction_id)
        where rule = 'F10' and txn_type = 'cash_deposit' and extract(isodow from posted_date) < 6
        group by scenario_id, customer_id, posted_date
        having sum(amount) > 10000 and max(amount) <= 10000 and count(distinct branch_id) = 2
        """,
    )

    assert found == planted(bank, "large_cash")


def test_mules_pass_on_what_strangers_pay_in(bank: Bank) -> None:
    found = tripped(
        bank,
        """
        select scenario_id from truth_scenario_transactions as truth
        inner join (select distinct on (transaction_id) * from transactions) as row using (transaction_id)
        where rule = 'F11'
        group by scenario_id
        having sum(amount) filter (direction = 'C') >= 1000
            and sum(amount) filter (direction = 'D') / sum(amount) filter (direction = 'C') between 0.8 and 1
            and count(distinct counterparty_account_hash) filter (direction = 'C') >= 3
        """,
    )

    assert found == planted(bank, "mule")


@pytest.mark.parametrize(
    ("kind", "source", "condition"),
    [
        ("credential_stuffing", "ip_prefix", "users >= 20 and failed >= 0.8 * tries and tries <= 3 * users"),
        (
            "password_spraying",
            "asn",
            "users >= 20 and tries <= 2 * users and prefixes >= 3 and failed >= 0.8 * tries",
        ),
        ("brute_force", "ip_prefix", "most >= 50 and failed >= 0.9 * tries"),
    ],
)
def test_attacks_show_within_an_hour(bank: Bank, kind: str, source: str, condition: str) -> None:
    found = tripped(
        bank,
        f"""
        with users as (
            select {source} as source, date_trunc('hour', event_ts) as hour_ts, username_hash, count(*) as tries,
                count(*) filter (outcome in ('failure', 'blocked')) as failed, list(distinct ip_prefix) as prefixes
            from {LOGINS} where event_type = 'login' group by all
        ),
        hours as (
            select source, hour_ts, count(*) as users, sum(tries) as tries, sum(failed) as failed, max(tries) as most,
                len(list_distinct(flatten(list(prefixes)))) as prefixes
            from users group by all
        )
        select distinct scenario_id from hours inner join truth_scenario_logins as truth
        on hours.source = truth.{"asn" if source == "asn" else "ip_prefix"} and hours.hour_ts = date_trunc('hour', truth.event_ts)
        where {condition} and scenario_id like '{kind}%'
        """,
    )

    assert found == planted(bank, kind)


def test_labels_cover_a_part_of_the_fraud_and_come_later(bank: Bank) -> None:
    told = bank.one(
        "select count(distinct fraud_labels.transaction_id) from fraud_labels inner join truth_scenario_transactions as truth"
        " using (transaction_id) where label = 'fraud_confirmed' and is_fraud = 1"
    )
    planted_fraud = bank.one("select count(*) from truth_scenario_transactions where is_fraud = 1")
    early = bank.one(
        "select count(*) from fraud_labels inner join transactions using (transaction_id) where label_known_at <= event_ts"
    )

    assert 0.3 * planted_fraud < told < 0.9 * planted_fraud
    assert early == 0
