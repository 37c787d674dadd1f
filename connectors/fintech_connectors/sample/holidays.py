"""The holidays on which a bank in the United States is closed."""

from __future__ import annotations

from datetime import date, timedelta

FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
MONDAYS = ((1, 3), (2, 3), (9, 1), (10, 2))  # month, and which of its Mondays
SUNDAY = 6
THURSDAY = 3


def bank_holidays(years: range) -> frozenset[date]:
    """The holidays of the Federal Reserve; one that falls on a Sunday is kept on the Monday."""
    return frozenset(day for year in years for day in _of_year(year))


def _of_year(year: int) -> list[date]:
    fixed = [date(year, month, day) for month, day in FIXED]
    moved = [day + timedelta(days=1) if day.weekday() == SUNDAY else day for day in fixed]
    mondays = [_nth(year, month, weekday=0, number=number) for month, number in MONDAYS]
    memorial = date(year, 5, 31)
    memorial -= timedelta(days=memorial.weekday())
    return [*moved, *mondays, memorial, _nth(year, 11, weekday=THURSDAY, number=4)]


def _nth(year: int, month: int, *, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
