"""Users in rolling windows and customers' months against a plain count in Python, over 185 days."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fintech_accelerator.quality.worker import CheckWorker
from fintech_accelerator.testing.holes import unnoticed_holes

from .made_activity import DAYS, FIRST, SILENT, Acts, Row, random_bank

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fintech_accelerator.testing import ComposedProject

KINDS = ("new", "retained", "resurrected")
WINDOWS = [
    ("daily_active_users", 1),
    ("weekly_active_users", 7),
    ("monthly_active_users", 28),
    ("active_users_30d", 30),
]
CELLS = [
    ("ALL", "ALL"),
    ("ALL", "individual"),
    ("ALL", "business"),
    ("pos", "ALL"),
    ("web", "business"),
    ("mobile", "individual"),
]


@pytest.fixture(scope="module")
def bank(new_bank: Any) -> tuple[Any, Acts]:
    return random_bank(new_bank)


@pytest.fixture(scope="module")
def built(build: Callable[..., ComposedProject], bank: tuple[Any, Acts]) -> ComposedProject:
    return build(bank[0].tables)


@pytest.fixture(scope="module")
def users(built: ComposedProject) -> dict[tuple[str, str], list[Row]]:
    rows = built.rows("select * from engagement.engagement__active_users_daily order by activity_date")
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["channel"], row["segment"]), []).append(row)
    return found


@pytest.fixture(scope="module")
def acting(bank: tuple[Any, Acts]) -> Callable[[str, str], dict[date, set[str]]]:
    """Who acted on each day in a channel and segment."""
    segments = {row["customer_id"]: row["party_type"] for row in bank[0].tables["customers"]}

    def by_day(channel: str, segment: str) -> dict[date, set[str]]:
        found: dict[date, set[str]] = {}
        for name, used, day in bank[1]:
            if channel in ("ALL", used) and segment in ("ALL", segments[name]):
                found.setdefault(day, set()).add(name)
        return found

    return by_day


def within(by_day: dict[date, set[str]], last: date, length: int) -> set[str]:
    """Who acted on the day or in the days before it."""
    window = [by_day.get(last - timedelta(days=number), set()) for number in range(length)]
    return set().union(*window)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("column", "length"), WINDOWS)
def test_a_window_counts_every_customer_once_on_each_of_185_days(
    cell: tuple[str, str], column: str, length: int, users: dict[tuple[str, str], list[Row]], acting: Any
) -> None:
    by_day, rows = acting(*cell), users[cell]
    calendar = [FIRST + timedelta(days=number) for number in range(DAYS)]

    assert [row["activity_date"] for row in rows] == calendar
    assert [row[column] for row in rows] == [len(within(by_day, day, length)) for day in calendar]
    assert len({row[column] for row in rows}) > 2


@pytest.mark.parametrize(("channel", "segment"), CELLS)
def test_monthly_users_are_new_retained_or_resurrected_and_the_others_lapsed(
    channel: str, segment: str, users: dict[tuple[str, str], list[Row]], acting: Any
) -> None:
    by_day = acting(channel, segment)
    seen = set()
    for row in users[channel, segment]:
        day = row["activity_date"]
        now, before = within(by_day, day, 28), within(by_day, day - timedelta(days=28), 28)
        earlier = within(by_day, day - timedelta(days=28), DAYS)
        counts = (len(now - earlier), len(now & before), len((now & earlier) - before))
        assert (row["new_users"], row["retained_users"], row["resurrected_users"]) == counts
        assert sum(counts) == row["monthly_active_users"]
        assert row["lapsed_users"] == (None if day < FIRST + timedelta(days=28) else len(before - now))
        quick = (counts[0] + counts[2]) / row["lapsed_users"] if row["lapsed_users"] else None
        assert (row["quick_ratio"] is None) == (quick is None)
        assert quick is None or float(row["quick_ratio"]) == pytest.approx(quick, abs=1e-6)
        seen |= {name for name, count in zip(KINDS, counts, strict=True) if count}
    assert seen == set(KINDS)


def test_stickiness_is_the_mean_of_28_days_and_waits_for_them(
    users: dict[tuple[str, str], list[Row]], acting: Any
) -> None:
    by_day = acting("ALL", "ALL")
    for number, row in enumerate(users["ALL", "ALL"]):
        window = [len(by_day.get(row["activity_date"] - timedelta(days=back), ())) for back in range(28)]
        assert row["window_complete_flag"] == int(number >= 27)
        if number < 27:
            assert row["stickiness"] is None
        else:
            expected = sum(window) / 28 / row["monthly_active_users"]
            assert float(row["stickiness"]) == pytest.approx(expected, abs=1e-6)
        ratio = row["weekly_active_users"] / row["monthly_active_users"]
        assert float(row["weekly_to_monthly_ratio"]) == pytest.approx(ratio, abs=1e-6)


def test_a_silent_day_is_a_row_of_zeros_and_the_windows_run_on(
    users: dict[tuple[str, str], list[Row]],
) -> None:
    silent = [row for row in users["ALL", "ALL"] if row["activity_date"] in SILENT]

    assert [row["daily_active_users"] for row in silent] == [0, 0, 0]
    assert all(row["monthly_active_users"] > 0 for row in silent)
    assert all(row["digital_share"] is None for row in silent)


def test_nobody_is_active_who_is_not_eligible(users: dict[tuple[str, str], list[Row]], bank: Any) -> None:
    onboarded = [row["onboarded_date"] for row in bank[0].tables["customers"]]
    for rows in users.values():
        assert all(row["monthly_active_users"] <= row["eligible_users"] for row in rows)
    for row in users["ALL", "ALL"]:
        assert row["eligible_users"] == sum(day <= row["activity_date"] for day in onboarded)


def test_digital_users_are_those_of_the_app_and_the_web(
    users: dict[tuple[str, str], list[Row]], acting: Any
) -> None:
    web, mobile = acting("web", "ALL"), acting("mobile", "ALL")
    for row in users["ALL", "ALL"]:
        day = row["activity_date"]
        digital = len(web.get(day, set()) | mobile.get(day, set()))
        assert row["digital_active_users"] == digital
        if row["daily_active_users"]:
            share = digital / row["daily_active_users"]
            assert float(row["digital_share"]) == pytest.approx(share, abs=1e-6)


def amounts(bank: Any) -> dict[tuple[str, date, str], Counter[Any]]:
    """What a customer spent and got on each day through each channel."""
    found: dict[tuple[str, date, str], Counter[Any]] = {}
    for row in bank.tables["transactions"]:
        if row["txn_type"] == "refund":
            continue
        key = (row["account_id"].removeprefix("a-"), row["event_ts"].date(), row["channel"])
        sums = found.setdefault(key, Counter())
        if row["direction"] == "C":
            sums["inflow_amount_base"] += row["amount"]
        elif row["channel"] != "batch":
            sums.update(debit_count=1, spend_amount_base=row["amount"])
    return found


SUMS = ("debit_count", "spend_amount_base", "inflow_amount_base")


def test_a_day_sums_what_was_spent_and_what_came_in(built: ComposedProject, bank: tuple[Any, Acts]) -> None:
    expected = amounts(bank[0])
    for row in built.rows("engagement.engagement__activity_daily"):
        key = (row["customer_id"], row["activity_date"], row["channel"])
        sums = expected.pop(key, Counter())
        assert [row[name] for name in SUMS] == [sums[name] for name in SUMS]
    assert expected == {}


@pytest.fixture(scope="module")
def months(built: ComposedProject) -> list[Row]:
    found = built.rows("engagement.engagement__customer_month")
    assert len({row["month_start"] for row in found}) == 7
    return found


def test_a_month_sums_its_days(months: list[Row], bank: tuple[Any, Acts]) -> None:
    expected: dict[tuple[str, date], Counter[Any]] = {}
    for (name, day, _), sums in amounts(bank[0]).items():
        expected.setdefault((name, day.replace(day=1)), Counter()).update(sums)
    for row in months:
        sums = expected.pop((row["customer_id"], row["month_start"]), Counter())
        assert [row[name] for name in SUMS] == [sums[name] for name in SUMS]
    assert expected == {}


def test_a_month_knows_the_last_act_and_through_how_many_channels(
    months: list[Row], bank: tuple[Any, Acts]
) -> None:
    for row in months:
        acts = [act for act in bank[1] if act[0] == row["customer_id"] and act[2] <= row["month_end"]]
        last = max((day for _, _, day in acts), default=None)
        channels = {channel for _, channel, day in acts if day >= row["month_start"]}
        assert (row["last_active_date"], row["channel_count"]) == (last, len(channels))
        assert row["recency_days"] == (None if last is None else (row["month_end"] - last).days)
    assert {row["channel_count"] for row in months} >= {0, 1, 2, 3}
    assert any(row["recency_days"] is None for row in months)


def test_a_month_counts_whole_months_since_onboarding(months: list[Row], bank: tuple[Any, Acts]) -> None:
    onboarded = {row["customer_id"]: row["onboarded_date"] for row in bank[0].tables["customers"]}
    for row in months:
        since, end = onboarded[row["customer_id"]], row["month_end"]
        whole = (end.year - since.year) * 12 + end.month - since.month - (end.day < since.day)
        assert row["tenure_months"] == (whole if since <= end else None)
    assert {0, 1} < {row["tenure_months"] for row in months}


def test_a_month_tells_what_is_held_at_its_end(months: list[Row], bank: tuple[Any, Acts]) -> None:
    accounts = bank[0].tables["accounts"]
    for row in months:
        held = [
            each["product_type"]
            for each in accounts
            if each["primary_customer_id"] == row["customer_id"]
            and each["opened_date"] <= row["month_end"]
            and (each["closed_date"] is None or each["closed_date"] > row["month_end"])
        ]
        counts = (row["open_account_count"], row["product_type_count"])
        assert counts == (len(held), len(set(held)))
        assert row["is_contractual_only"] == int(bool(held) and set(held) <= {"mortgage", "term_deposit"})
    assert {row["product_type_count"] for row in months} == {1, 2, 3}
    assert {row["is_contractual_only"] for row in months} == {0, 1}


USERS, ACTIVITY, MONTHS, PRIMARY = (
    f"engagement.engagement__{name}"
    for name in ("active_users_daily", "activity_daily", "customer_month", "primary_bank")
)
HOLES = {
    "active_users_daily.every_day_is_there": f"delete from {USERS} where channel = 'web'"
    f" and activity_date = (select min(activity_date) from {USERS})",
    "active_users_daily.monthly_is_new_retained_resurrected": f"update {USERS}"
    " set new_users = new_users + 1 where channel = 'pos'",
    "active_users_daily.last_day_agrees_with_activity": f"update {USERS}"
    " set daily_active_users = daily_active_users + 1 where channel = 'ALL' and segment = 'ALL'",
    "activity_daily.active_means_something_was_done": f"update {ACTIVITY}"
    " set financial_count = 0, digital_count = 0, passive_count = 0 where customer_id = 'c00'",
    "activity_daily.no_future_date": f"update {ACTIVITY} set activity_date = date '2099-01-01'"
    f" where customer_id = 'c01' and activity_date = (select max(activity_date) from {ACTIVITY}"
    " where customer_id = 'c01')",
    "customer_month.active_months_have_active_days": f"update {MONTHS} set active_days = 0"
    " where is_active = 1 and customer_id = 'c00'",
    "primary_bank.points_earned_are_available": f"update {PRIMARY} set salary_points = 35,"
    " available_points = 10 where customer_id = 'c00'",
    "primary_bank.relationship_agrees_with_points": f"update {PRIMARY} set is_primary = 1 - is_primary"
    " where customer_id = 'c01'",
}


def test_every_critical_rule_of_the_suites_notices_its_hole(built: ComposedProject, tmp_path: Path) -> None:
    with CheckWorker() as worker:
        assert unnoticed_holes(built, worker, tmp_path, changes=HOLES) == set()
