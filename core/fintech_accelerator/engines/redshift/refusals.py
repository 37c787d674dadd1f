"""Which rows COPY refuses, and why: found by a second COPY that loads nothing, and told by row number."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from fintech_accelerator.contract.ddl import raw_columns
from fintech_accelerator.contract.schemas import RAW_SCHEMA
from fintech_accelerator.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from fintech_accelerator.contract import Table
    from fintech_accelerator.engines.redshift.connection import Connection
    from fintech_accelerator.errors import EnvironmentFailure
    from fintech_accelerator.ports import ObjectStore

AT_MOST = 100_000  # rows that one COPY may refuse and still tell of: AWS takes no larger MAXERROR
# What COPY says when it is rows that it refuses, not the bucket, the role or the statement.
ABOUT_ROWS = re.compile(r"load_error|Load into table .* failed|Spectrum Scan Error", re.IGNORECASE)
ERRORS = """
select line_number, column_name, error_message
from sys_load_error_detail
where file_name = ?
order by line_number
"""


@dataclass(frozen=True)
class RefusedRow:
    """A row that the warehouse does not take, by its number in its unit; `column` where COPY names it."""

    row_number: int
    column: str | None
    reason: str


def is_about_rows(cause: EnvironmentFailure) -> bool:
    """Whether a COPY failed for what is in its rows."""
    return ABOUT_ROWS.search(cause.reason) is not None


def refused_rows(  # noqa: PLR0913, PLR0917  (which rows, through what, against which table)
    connection: Connection,
    staging: duckdb.DuckDBPyConnection,
    objects: ObjectStore,
    table: Table,
    key: Sequence[object],
    name: str,
    authorised: str,
    folder: Path,
) -> tuple[RefusedRow, ...]:
    """Every row of a unit that COPY would refuse; none when it was something else. Raises EnvironmentFailure.

    A COPY of Parquet stops at the first bad value and does not say whose it was. Text has lines, so the rows
    go once more as CSV, with NOLOAD; a line's place is the row's.
    """
    place = Path(tempfile.mkdtemp(prefix="refused-", dir=folder))
    object_name = f"{name}-{uuid4().hex[:12]}.csv.gz"  # what an earlier COPY told of is not of this one
    try:
        _export(staging, table, key, place / "rows.csv.gz")
        uri = objects.put(place / "rows.csv.gz", object_name)
        columns = ", ".join(quoted(column) for column, _ in raw_columns(table))
        connection.execute(
            f"copy {RAW_SCHEMA}.{table.name} ({columns}) from '{uri}' {authorised}"
            f" format as csv gzip timeformat 'auto' dateformat 'auto' noload maxerror {AT_MOST}"
        )
        told = connection.rows(ERRORS, [uri])
    finally:
        shutil.rmtree(place, ignore_errors=True)
        objects.remove(object_name)
    return tuple(_by_number(_numbers(staging, table, key), told))


def _export(staging: duckdb.DuckDBPyConnection, table: Table, key: Sequence[object], path: Path) -> None:
    """A row a line: breaks of lines within a text become blanks, which are as long."""
    values = ", ".join(
        f"translate({quoted(name)}, chr(10) || chr(13), '  ') as {quoted(name)}"
        if kind.startswith("varchar")
        else quoted(name)
        for name, kind in raw_columns(table)
    )
    staging.execute(
        f"copy (select {values} from {of_unit(table)} order by _row_number)"
        f" to {literal(str(path))} (format csv, header false, compression gzip)",
        list(key),
    )


def of_unit(table: Table) -> str:
    """The rows of one unit in the staging file; takes its batch, place and identity."""
    return f"{RAW_SCHEMA}.{quoted(table.name)} where _batch_id = ? and _load_order = ? and _file_id = ?"


def _numbers(staging: duckdb.DuckDBPyConnection, table: Table, key: Sequence[object]) -> list[int]:
    rows = staging.execute(f"select _row_number from {of_unit(table)} order by 1", list(key)).fetchall()
    return [int(number) for (number,) in rows]


def _by_number(numbers: Sequence[int], told: Sequence[tuple[object, ...]]) -> Iterator[RefusedRow]:
    for line, column, reason in told:
        name = str(column or "").strip()
        yield RefusedRow(numbers[int(str(line)) - 1], name or None, str(reason).strip())
