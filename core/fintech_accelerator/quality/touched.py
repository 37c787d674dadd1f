"""Which days of a relation a build has touched, and whether it is worth looking at them alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.engines.duckdb import translate_duckdb_error
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fintech_accelerator.engines.engine import Readable

ENDLESS_REACH = 36_500  # as in the core's macros: a change is felt on all later days
WORTH_IT = 0.5  # of a relation's days; with more, one look at everything is as quick and sees more


def touched_days(  # noqa: PLR0913  (whose days, where, and how far a change is felt)
    connection: Readable,
    pack: str,
    event_tables: Sequence[str],
    place: tuple[str, str, str],
    *,
    reach: int = 0,
    reach_back: int = 0,
) -> tuple[date, ...] | None:
    """The days of a relation (schema, name, day column) that this build replaced; None for all of them.

    All count when the pack was built from nothing, and when the touched ones are most of the relation.
    """
    import duckdb

    try:
        if not _builds_on_a_batch(connection, pack):
            return None
        rows = _days(connection, pack, event_tables, place, (reach_back, reach))
    except duckdb.Error as cause:
        where = ".".join(place[:2])
        raise translate_duckdb_error(cause, doing=f"finding the touched days of {where}") from cause
    touched = tuple(found for found, is_touched in rows if is_touched)
    return None if len(touched) > WORTH_IT * len(rows) else touched


def _builds_on_a_batch(connection: Readable, pack: str) -> bool:
    slot = connection.execute("select max(through_batch) from ops.pack_slots where pack = ?", [pack])
    return bool(slot.fetchall()[0][0])


def _days(
    connection: Readable,
    pack: str,
    event_tables: Sequence[str],
    place: tuple[str, str, str],
    around: tuple[int, int],
) -> list[tuple[date, int]]:
    """Each day of the relation, and whether a touched one lies so near that it was replaced, too."""
    schema, name, column = place
    before, after = around
    tables = ", ".join("?" for _ in event_tables)
    until = "" if after >= ENDLESS_REACH else f"and days.day <= touched.touched_date + {int(after)}"
    found = connection.execute(
        f"""
        with days as (
            select distinct {quoted(column)} as day
            from {quoted(schema)}.{quoted(name)}
            where {quoted(column)} is not null
        ),

        touched as (
            select distinct event_date_local as touched_date
            from core.days_to_build
            where pack = ? and table_name in ({tables})
        )

        select
            days.day,
            max(case when touched.touched_date is null then 0 else 1 end) as is_touched
        from days
        left join touched
            on days.day >= touched.touched_date - {int(before)} {until}
        group by days.day
        order by days.day
        """,
        [pack, *event_tables],
    )
    return [(day, int(is_touched)) for day, is_touched in found.fetchall()]
