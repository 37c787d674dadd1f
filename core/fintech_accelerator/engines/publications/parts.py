"""The parts of a mart that become files of their own: one for each month, and what each holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.errors import PublishError
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from fintech_accelerator.engines.publications.model import MartToPublish

BY_MONTH = frozenset({"DATE", "TIMESTAMP"})
FIRST, AFTER_LAST = "date '0001-01-01'", "date '10000-01-01'"  # infinite dates and such are undated


@dataclass(frozen=True)
class Part:
    """The rows of one file: its name, which rows they are, how many, and a hash over them in any order."""

    file: str
    condition: str | None
    rows: int
    content: str
    newest: str | None


def parts_of(
    connection: duckdb.DuckDBPyConnection, mart: MartToPublish, shape: Sequence[tuple[str, str]]
) -> list[Part]:
    """The parts of a mart as it is now: months, then what has no month; or all of it in one."""
    kind = dict(shape).get(mart.time_column) if mart.time_column else None
    if mart.time_column and kind is None:
        raise PublishError(
            f"{mart.name} has no column {mart.time_column!r}, which its yml names as its time column",
            fix=f"correct `time_column` in the meta of {mart.name}",
        )
    time = quoted(mart.time_column) if mart.time_column else None
    dated = f"coalesce({time} >= {FIRST} and {time} < {AFTER_LAST}, false)" if kind in BY_MONTH else None
    month = f"case when {dated} then date_trunc('month', {time}) end" if dated else "null"
    newest = f"max({time}) filter (where {dated or 'true'})" if time else "null"
    columns = ", ".join(quoted(name) for name, _ in shape)
    # A sum sees a row that is there twice, an exclusive or does not. Of hugeint: sum(uhugeint) is a double,
    # which changes with the order of its rows and may hide a change in its rounding.
    found = connection.execute(
        f"select strftime({month}, '%Y-%m'), count(*),"
        f" cast(sum(cast(hash({columns}) as hugeint)) as varchar), cast({newest} as varchar)"
        f" from {quoted(mart.schema)}.{quoted(mart.name)} group by 1 order by 1 nulls last"
        if dated
        else f"select null, count(*), cast(sum(cast(hash({columns}) as hugeint)) as varchar),"
        f" cast({newest} as varchar) from {quoted(mart.schema)}.{quoted(mart.name)}"
    ).fetchall()
    if not dated:
        _, rows, content, latest = found[0]
        return [Part("all.parquet", None, rows, content or "", latest)]
    return [
        Part(
            f"{name or 'undated'}.parquet",
            _within(name, str(time)) if name else f"not {dated}",
            rows,
            content,
            latest,
        )
        for name, rows, content, latest in found
    ] or [Part("all.parquet", None, 0, "", None)]


def _within(month: str, time: str) -> str:
    """The rows of a month; a range, unlike a function of the column, lets DuckDB skip the other months."""
    first = f"date '{month}-01'"
    return f"{time} >= {first} and {time} < {first} + interval 1 month"
