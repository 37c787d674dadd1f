"""What a checked slot holds, for the record of its publication."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.engines.publications.manifest import MartRecord
from fintech_accelerator.engines.redshift.slots import slot_schema
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fintech_accelerator.engines.publications.model import MartToPublish
    from fintech_accelerator.engines.redshift.connection import Connection


def describe(connection: Connection, marts: Sequence[MartToPublish], slot: str) -> list[MartRecord]:
    """Rows and newest time of each mart in a slot, found by one statement."""
    counts = " union all ".join(
        f"select {number} as number, count(*) as row_count, {_newest(mart)} as newest"
        f" from {quoted(slot_schema(mart.schema, slot))}.{quoted(mart.name)}"
        for number, mart in enumerate(marts)
    )
    found = {int(number): (int(rows), newest) for number, rows, newest in connection.rows(counts)}
    return [
        MartRecord(
            name=mart.name,
            restricted=mart.restricted,
            grain=mart.grain,
            time_column=mart.time_column,
            newest=found[number][1],
            rows=found[number][0],
            bytes=0,  # the warehouse keeps the rows
            columns=mart.columns,
            files=(),
        )
        for number, mart in enumerate(marts)
    ]


def _newest(mart: MartToPublish) -> str:
    if mart.time_column is None:
        return "cast(null as varchar(32))"
    return f"cast(max({quoted(mart.time_column)}) as varchar(32))"
