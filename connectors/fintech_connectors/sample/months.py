"""The calendar of a made-up bank: its months, the distance of its clock from UTC, and which days are busy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDARD_HOURS = 5  # New York lies so many hours behind UTC, and one less in summer
CHANGE_AT = time(2)
BUSY = {0: 8, 1: 8, 2: 9, 3: 9, 4: 12, 5: 13, 6: 9}  # purchases by day of the week, Monday first
SEASONS = {
    1: 0.90,
    2: 0.92,
    3: 0.98,
    4: 0.98,
    5: 1.02,
    6: 1.02,
    7: 1.02,
    8: 1.0,
    9: 0.97,
    10: 1.0,
    11: 1.08,
    12: 1.22,
}


@dataclass(frozen=True)
class Month:
    """A month of the history, or the part of it that the history has."""

    first: date
    last: date

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    def variables(self, holidays: frozenset[date]) -> dict[str, Any]:
        """What the month's SQL reads, by name."""
        change = _change(self.first)
        before = _hours(datetime.combine(self.first, time()))
        after = before if change is None else _hours(change + timedelta(days=1))
        change = change or datetime.combine(self.last + timedelta(days=60), time())
        after_last = datetime.combine(self.last + timedelta(days=1), time())
        business = [n for n, day in enumerate(self.days) if day.weekday() < 5 and day not in holidays]  # noqa: PLR2004  (Saturday)
        return {
            "month_first": self.first,
            "month_last": self.last,
            "month_days": len(self.days),
            "month_index": self.first.year * 12 + self.first.month - 24000,
            "month_begin": datetime.combine(self.first, time()) + timedelta(hours=before),
            "month_end": after_last + timedelta(hours=_hours(after_last)),
            "switch_local": change,
            "switch_utc": change + timedelta(hours=before),
            "hours_before": before,
            "hours_after": after,
            "season": SEASONS[self.first.month],
            "day_slots": [n for n, day in enumerate(self.days) for _ in range(_weight(day, holidays))],
            "even_slots": list(range(len(self.days))),
            "business_slots": business or [0],
        }


def months(first: date, last: date) -> Iterator[Month]:
    """The months between two days, the first and last perhaps in part."""
    begin = first
    while begin <= last:
        following = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield Month(begin, min(last, following - timedelta(days=1)))
        begin = following


def _weight(day: date, holidays: frozenset[date]) -> int:
    payday = 3 if day.day in (1, 15) else 0
    return BUSY[day.weekday()] + payday + (2 if day in holidays else 0)


def summer_time(year: int) -> tuple[datetime, datetime]:
    """When clocks change in New York, by the clock before: second Sunday of March, first of November."""
    march, november = date(year, 3, 8), date(year, 11, 1)
    begin = march + timedelta(days=(6 - march.weekday()) % 7)
    end = november + timedelta(days=(6 - november.weekday()) % 7)
    return datetime.combine(begin, CHANGE_AT), datetime.combine(end, CHANGE_AT)


def clock_changes(first: date, last: date) -> list[datetime]:
    """Moments in UTC half an hour before and after each change of the clock between two days."""
    changes = [change for year in range(first.year, last.year + 1) for change in summer_time(year)]
    within = [
        at + timedelta(hours=_hours(at - timedelta(days=1))) for at in changes if first < at.date() < last
    ]
    return [at + timedelta(minutes=minutes) for at in within for minutes in (-30, 30)]


def _change(first: date) -> datetime | None:
    return next(
        (at for at in summer_time(first.year) if (at.year, at.month) == (first.year, first.month)), None
    )


def _hours(local: datetime) -> int:
    begin, end = summer_time(local.year)
    return STANDARD_HOURS - 1 if begin <= local < end else STANDARD_HOURS
