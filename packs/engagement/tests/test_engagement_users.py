"""Users in rolling windows against a plain count in Python, over 185 days with silent ones among them."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from fintech_accelerator.testing import ComposedProject

Row = dict[str, Any]
Acts = set[tuple[str, str, date]]  # customer, channel, local day
FIRST = date(2026, 1, 1)
DAYS = 185
SILENT = {FIRST + timedelta(days=number) for number in (40, 41, 100)}
CHANNELS = ("pos", "web", "mobile")
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


def random_bank(new_bank: Any) -> tuple[Any, Acts]:
    """Customers who come often, seldom, or after long pauses, through three channels."""
    chance = random.Random(11)  # noqa: S311  (rows for a test)
    bank, acts = new_bank(), set()
    for number in range(40):
        name = f"c{number:02}"
        onboarded = FIRST + timedelta(days=chance.choice([-900, 0, 30, 90]) if number else -900)
        bank.customer(name, party_type=chance.choice(["individual", "business"]), onboarded_date=onboarded)
        day = max(onboarded, FIRST) + timedelta(days=chance.randrange(20))
        while day < FIRST + timedelta(days=DAYS):
            if day not in SILENT:
                acts.add((name, act(bank, chance, name, day), day))
            day += timedelta(days=chance.choice([0, 1, 1, 2, 6, 7, 8, 27, 28, 29, 30, 31, 56, 60]))
    for day in (FIRST, FIRST + timedelta(days=DAYS - 1)):
        bank.pay("c00", day)
        acts.add(("c00", "pos", day))
    return bank, acts


def act(bank: Any, chance: random.Random, name: str, day: date) -> str:
    channel = chance.choice(CHANNELS)
    if channel == "mobile":
        bank.log_in(name, day)
    elif channel == "web":
        bank.use(name, day)
    else:
        bank.pay(name, day)
    return channel


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
