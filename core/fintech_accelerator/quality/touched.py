"""Which days of a relation a build has touched, and whether it is worth looking at them alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.engines.duckdb import quoted, translate_duckdb_error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import duckdb

ENDLESS_REACH = 36_500  # as in the core's macros: a change is felt on all later days
WORTH_IT = 0.5  # of a relation's days; with more, one look at everything is as quick and sees more


def touched_days(  # noqa: PLR0913  (whose days, where, and how far a change is felt)
    connection: duckdb.DuckDBPyConnection,
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

    schema, name, column = place
    day, relation = quoted(column), f"{quoted(schema)}.{quoted(name)}"
    try:
        slot = connection.execute(
            "select max(through_batch) from ops.pack_slots where pack = ?", [pack]
        ).fetchone()
        if slot is None or not slot[0]:
            return None
        rows = connection.execute(
            f"""
            with touched as (
                select event_date_local as touched_date
                from core.days_to_build
                where pack = ? and table_name in (select unnest(?))
            )
            select days.day, exists (
                select 1 from touched
                where days.day >= touched_date - cast(? as integer)
                    and (? or days.day <= touched_date + cast(? as integer))
            ) as is_touched
            from (select distinct {day} as day from {relation} where {day} is not null) as days
            order by days.day
            """,
            [pack, list(event_tables), reach_back, reach >= ENDLESS_REACH, min(reach, ENDLESS_REACH)],
        ).fetchall()
    except duckdb.Error as cause:
        raise translate_duckdb_error(cause, doing=f"finding the touched days of {schema}.{name}") from cause
    touched = tuple(found for found, is_touched in rows if is_touched)
    return None if len(touched) > WORTH_IT * len(rows) else touched
