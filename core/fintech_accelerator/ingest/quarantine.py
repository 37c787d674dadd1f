"""The quarantine: what was refused of each unit, kept as Parquet; how it is shown and handed out."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fintech_accelerator.engines.duckdb import ENGINE_CONFIGURATION, translate_duckdb_error
from fintech_accelerator.errors import UsageError, unknown_name
from fintech_accelerator.ledger import open_ledger
from fintech_accelerator.spreadsheets import harmless_sql
from fintech_accelerator.sql_text import literal
from fintech_accelerator.whole_files import whole

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from fintech_accelerator.ledger.batches import LoadedUnit
    from fintech_accelerator.settings import Workspace

SUPERSEDED = "superseded"
COLUMNS = ("unit_id", "file_name", "row_number", "column_name", "rule", "value", "row", "quarantined_at")
EXACT = ("row_number", "quarantined_at")  # no texts


@dataclass(frozen=True)
class QuarantineSummary:
    """The refused rows of one file by the rule and column they broke."""

    table: str
    file_name: str
    column_name: str | None
    rule: str
    rows: int
    newest: datetime


@dataclass(frozen=True)
class QuarantinedValue:
    """One broken column of one refused row (or a line that is no row: then no column)."""

    table: str
    unit_id: str
    file_name: str
    row_number: int
    column_name: str | None
    rule: str
    value: str | None
    row: str | None
    quarantined_at: datetime


def keep(workspace: Workspace, table: str, unit_id: str, records: Path | None) -> None:
    """Put a unit's records in their place, before its rows are committed: a kill may not lose them."""
    target = workspace.quarantine / table / f"{unit_id}.parquet"
    if records is None:
        target.unlink(missing_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with records.open("rb") as written:
        os.fsync(written.fileno())
    records.replace(target)


def supersede(
    workspace: Workspace, connection: duckdb.DuckDBPyConnection, unit: LoadedUnit, *, is_joined: bool
) -> None:
    """Set aside what was refused of the same files under another mapping, or of the same join before."""
    folder = workspace.quarantine / unit.table_name
    if not folder.is_dir():
        return
    older = connection.execute(
        "select earlier.unit_id from ops.loaded_units as earlier, ops.loaded_units as latest"
        " where latest.unit_id = ? and earlier.unit_id <> latest.unit_id"
        " and earlier.table_name = latest.table_name and earlier.source_name = latest.source_name"
        " and (? or earlier.file_hashes = latest.file_hashes)",
        [unit.unit_id, is_joined],
    ).fetchall()
    for (unit_id,) in older:
        path = folder / f"{unit_id}.parquet"
        if path.is_file():
            (folder / SUPERSEDED).mkdir(exist_ok=True)
            shutil.move(path, folder / SUPERSEDED / path.name)


def quarantine_summary(workspace: Workspace, table: str | None = None) -> tuple[QuarantineSummary, ...]:
    """How many rows of each file broke which rule. Raises UnknownNameError for a table without any."""
    rows = _query(
        workspace,
        table,
        "select table_name, file_name, column_name, rule, count(*), max(quarantined_at) from kept"
        " group by all order by table_name, file_name, column_name nulls first, rule",
    )
    return tuple(QuarantineSummary(*row) for row in rows)


def quarantine_rows(
    workspace: Workspace, table: str | None = None, limit: int | None = 20
) -> tuple[QuarantinedValue, ...]:
    """The refused values themselves, newest load first; those of class P2 and P3 are masked."""
    rows = _query(
        workspace,
        table,
        f"select table_name, {', '.join(COLUMNS)} from kept"
        " order by quarantined_at desc, table_name, file_name, row_number, column_name"
        f"{f' limit {int(limit)}' if limit is not None else ''}",
    )
    return tuple(QuarantinedValue(*row) for row in rows)


def export_quarantine(workspace: Workspace, table: str | None, path: Path) -> int:
    """Write the refused values to a .csv or .parquet file; returns how many. It is an audited event.

    A text that a spreadsheet would run as a formula gets an apostrophe before it in CSV.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise UsageError(
            f"the export {str(path)!r} is neither .csv nor .parquet", fix="end its name with one of the two"
        )
    is_exact = suffix == ".parquet"
    columns = [
        name if is_exact or name in EXACT else f"{harmless_sql(name)} as {name}"
        for name in ("table_name", *COLUMNS)
    ]
    form = "format csv, header true" if suffix == ".csv" else "format parquet, compression zstd"
    try:
        with whole(path) as partial:
            rows = _query(
                workspace,
                table,
                f"copy (select {', '.join(columns)} from kept"
                " order by table_name, file_name, row_number, column_name)"
                f" to {literal(str(partial))} ({form})",
            )
            rows_written = int(rows[0][0])
            with open_ledger(workspace.ledger) as ledger:
                ledger.audit.append(
                    "exported",
                    {"what": "quarantine", "table": table, "path": str(path.resolve()), "rows": rows_written},
                )
    except OSError as cause:
        raise translate_duckdb_error(cause, doing="writing the export", path=path) from cause
    return rows_written


def _query(workspace: Workspace, table: str | None, sql: str) -> list[tuple[Any, ...]]:
    """Run SQL over `kept`, every record that counts, of one table or of all."""
    import duckdb

    tables = _tables(workspace)
    if table is not None and table not in tables:
        raise unknown_name("table with quarantined rows", table, tables)
    chosen = [table] if table is not None else sorted(tables)
    files = [path for name in chosen for path in sorted((workspace.quarantine / name).glob("*.parquet"))]
    if files:
        listed = ", ".join(literal(str(path)) for path in files)
        kept = (
            "select * replace (cast(row_number as bigint) as row_number),"
            " split_part(replace(filename, '\\', '/'), '/', -2) as table_name"
            f" from read_parquet([{listed}], filename = true)"
        )
    else:
        texts = ", ".join(f"cast(null as varchar) as {name}" for name in ("table_name", *COLUMNS))
        kept = f"select {texts} where false"
    try:
        with duckdb.connect(config=dict(ENGINE_CONFIGURATION)) as connection:
            connection.execute(f"create temp view kept as {kept}")
            return connection.execute(sql).fetchall()
    except duckdb.Error as cause:
        raise translate_duckdb_error(cause, doing="reading the quarantine") from cause


def _tables(workspace: Workspace) -> set[str]:
    if not workspace.quarantine.is_dir():
        return set()
    return {folder.name for folder in workspace.quarantine.iterdir() if any(folder.glob("*.parquet"))}
