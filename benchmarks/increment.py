"""Holds the last day of a made-up bank's events back, and hands it over as a bank would: in new files."""

from __future__ import annotations

from pathlib import Path

import duckdb

DAY_COLUMNS = {
    "transactions": "cast(event_ts as date)",
    "login_activity": "cast(event_ts as date)",
    "digital_events": "cast(event_ts as date)",
    "balances_daily": "cast(balance_date as date)",
}
LAST_MONTH = "2026-06.parquet"


def hold_back_last_day(landing: Path) -> list[tuple[Path, Path]]:
    """Split the last month's files: all but its last day stays; returns where the day waits and belongs."""
    held = []
    with duckdb.connect() as connection:
        for table, day in DAY_COLUMNS.items():
            month = landing / table / LAST_MONTH
            waiting, rest = month.with_suffix(".held"), month.with_suffix(".rest")
            last = f"(select max({day}) from '{month}')"
            for path, sign in ((waiting, "="), (rest, "<>")):
                connection.execute(
                    f"copy (select * from '{month}' where coalesce({day}, date '1900-01-01') {sign} {last})"
                    f" to '{path}' (format parquet)"
                )
            rest.replace(month)
            held.append((waiting, landing / table / "2026-07-last-day.parquet"))
    return held


def hand_over(held: list[tuple[Path, Path]]) -> None:
    """Put the held files where the bank's sources look."""
    for waiting, place in held:
        waiting.replace(place)
