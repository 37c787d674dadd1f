"""Rows that passed the contract and that the warehouse does not take: they go into quarantine after all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fintech_accelerator.clock import naive_utc
from fintech_accelerator.contract.model import MASK, PERSONAL
from fintech_accelerator.contract.schemas import RAW_SCHEMA
from fintech_accelerator.ingest.quarantine import keep
from fintech_accelerator.ingest.units import loaded_units
from fintech_accelerator.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import duckdb

    from fintech_accelerator.contract import Table
    from fintech_accelerator.contract.model import Column
    from fintech_accelerator.ledger.batches import LoadedUnit
    from fintech_accelerator.settings import Workspace

RULE = "copy_refused"
TOLD = "(select unnest(cast($numbers as bigint[])) as number, unnest(cast($columns as varchar[])) as name)"


def quarantine_refused(  # noqa: PLR0913  (which rows of what, and when)
    workspace: Workspace,
    staging: duckdb.DuckDBPyConnection,
    table: Table,
    unit_id: str,
    refused: Mapping[int, str | None],
    *,
    at: datetime,
) -> LoadedUnit:
    """Move rows (number -> column, where known) of a loaded unit into quarantine; its line afterwards.

    The records are kept before the rows go, so that a kill in between loses nothing: the next COPY refuses
    the same rows again, and their records are written over.
    """
    unit = next(each for each in loaded_units(staging) if each.unit_id == unit_id)
    _keep(workspace, staging, table, unit, refused, at=at)
    staging.execute("begin transaction")
    try:
        deleted = staging.execute(
            f"delete from {RAW_SCHEMA}.{quoted(table.name)} where _file_id = $unit and _batch_id = $batch"
            " and _load_order = $place and _row_number in (select unnest(cast($numbers as bigint[])))",
            {**_key(unit), "numbers": list(refused)},
        ).fetchone()
        moved = int(deleted[0]) if deleted else 0
        staging.execute(
            "update ops.loaded_units set rows_loaded = rows_loaded - $moved,"
            " rows_quarantined = rows_quarantined + $moved where unit_id = $unit",
            {"moved": moved, "unit": unit_id},
        )
        staging.execute("commit")
    except BaseException:
        staging.execute("rollback")
        raise
    return replace(unit, rows_loaded=unit.rows_loaded - moved, rows_quarantined=unit.rows_quarantined + moved)


def _keep(  # noqa: PLR0913  (which rows of what, and when)
    workspace: Workspace,
    staging: duckdb.DuckDBPyConnection,
    table: Table,
    unit: LoadedUnit,
    refused: Mapping[int, str | None],
    *,
    at: datetime,
) -> None:
    """The unit's records with these rows among them."""
    folder = workspace.quarantine / table.name
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / f"{unit.unit_id}.parquet"
    records = _records(table)
    earlier = (
        f"select * from read_parquet({literal(str(known))})"
        f" where rule <> '{RULE}' or row_number not in (select row_number from ({records}))"
        " union all by name"
        if known.is_file()
        else ""
    )
    partial = folder / f".{unit.unit_id}.part"
    try:
        staging.execute(
            f"copy (select * from ({earlier} {records}) order by file_name, row_number)"
            f" to {literal(str(partial))} (format parquet, compression zstd)",
            {
                **_key(unit),
                "file": ", ".join(unit.file_names),
                "at": naive_utc(at),
                "numbers": list(refused),
                "columns": list(refused.values()),
            },
        )
        keep(workspace, table.name, unit.unit_id, partial)
    finally:
        partial.unlink(missing_ok=True)


def _records(table: Table) -> str:
    """As the loader keeps them, but of the table's columns: the file's own are not at hand any more."""
    row = ", ".join(f"{literal(column.name)}, {_shown(column)}" for column in table.loadable)
    values = " ".join(f"when {literal(column.name)} then {_shown(column)}" for column in table.loadable)
    return (
        "select $unit as unit_id, $file as file_name, number as row_number, name as column_name,"
        f" '{RULE}' as rule, case name {values} end as value,"
        f" cast(json_object({row}) as varchar) as row, cast($at as timestamp) as quarantined_at"
        f" from {RAW_SCHEMA}.{quoted(table.name)} as source inner join {TOLD} as told"
        " on told.number = source._row_number"
        " where _file_id = $unit and _batch_id = $batch and _load_order = $place"
    )


def _shown(column: Column) -> str:
    name = f"source.{quoted(column.name)}"
    if column.pii in PERSONAL:
        return f"case when {name} is not null then {literal(MASK)} end"
    return f"cast({name} as varchar)"


def _key(unit: LoadedUnit) -> dict[str, object]:
    return {"unit": unit.unit_id, "batch": unit.batch_id, "place": unit.load_order}
