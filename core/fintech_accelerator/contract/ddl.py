"""The raw layer's tables as SQL that DuckDB and Redshift both take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fintech_accelerator.contract.schemas import RAW_SCHEMA

if TYPE_CHECKING:
    from fintech_accelerator.contract.model import Table

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
