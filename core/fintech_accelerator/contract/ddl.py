"""The raw layer's tables as SQL that DuckDB and Redshift both take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.contract.schemas import RAW_SCHEMA
from fintech_accelerator.sql_text import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from fintech_accelerator.contract.model import Contract, Table

TECHNICAL_COLUMNS: dict[str, tuple[str, str]] = {
    "_batch_id": ("integer", "Load that brought the row."),
    "_file_id": (
        "varchar(64)",
        "Unit of the load that the row comes from: a hash of its content and mapping.",
    ),
    "_row_number": ("bigint", "Number of the row in its unit, from 1."),
    "_loaded_at": ("timestamp", "When the row was loaded, UTC."),
    "_load_order": ("integer", "Place of the unit in its load, from 1: of two versions the later one wins."),
}


def raw_columns(table: Table) -> tuple[tuple[str, str], ...]:
    """Name and type of every column of a raw table: what sources bring, then where it came from."""
    loadable = ((column.name, column.type) for column in table.loadable)
    technical = ((name, kind) for name, (kind, _) in TECHNICAL_COLUMNS.items())
    return (*loadable, *technical)


def create_raw_table(table: Table) -> str:
    """The statement that creates a raw table unless it is there. Every column may be NULL."""
    columns = ",\n".join(f"    {name} {kind}" for name, kind in raw_columns(table))
    return f"create table if not exists {RAW_SCHEMA}.{table.name} (\n{columns}\n)"


def raw_changes(contract: Contract, present: Mapping[str, Collection[str]]) -> Iterator[str]:
    """What is missing of the raw layer, given the columns of its tables that stand: a statement each.

    A table, or a column that the contract has gained, with NULL; one a statement, Redshift takes no more.
    """
    for table in contract.loadable_tables():
        if table.name not in present:
            yield create_raw_table(table)
            continue
        for name, kind in raw_columns(table):
            if name not in present[table.name]:
                yield f"alter table {RAW_SCHEMA}.{quoted(table.name)} add column {quoted(name)} {kind}"
