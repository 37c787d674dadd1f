"""The time in UTC: with its zone where it is told or compared, without where a warehouse keeps it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def naive_now() -> datetime:
    """The time in UTC, without a zone, as runs and publications keep it."""
    return naive_utc(now())


def utc(moment: datetime) -> datetime:
    """A moment in UTC; one without a zone, as DuckDB gives them, is UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def naive_utc(moment: datetime) -> datetime:
    """A moment as the warehouse keeps it: UTC, without saying so."""
    return utc(moment).replace(tzinfo=None)
