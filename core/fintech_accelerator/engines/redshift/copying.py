"""Loaded units go from the staging file to Redshift: typed Parquet, a manifest, one COPY each."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fintech_accelerator.contract.ddl import raw_columns
from fintech_accelerator.contract.schemas import RAW_SCHEMA
from fintech_accelerator.engines.redshift.connection import with_patience
from fintech_accelerator.engines.redshift.objects import authorisation
from fintech_accelerator.engines.redshift.refusals import is_about_rows, of_unit, refused_rows
from fintech_accelerator.errors import EnvironmentFailure, IntegrityError
from fintech_accelerator.sql_text import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    import duckdb

    from fintech_accelerator.contract import Table
    from fintech_accelerator.engines.redshift.connection import Connection
    from fintech_accelerator.engines.redshift.refusals import RefusedRow
    from fintech_accelerator.ports import ObjectStore

    Connect = Callable[[], AbstractContextManager[Connection]]

FILE_BYTES = "256MB"  # of each Parquet file: several slices load at once (AWS advises 1 MB to 1 GB)


@dataclass(frozen=True)
class StagedUnit:
    """A unit of a load as the staging file has it."""

    unit_id: str
    table: Table
    batch_id: int
    load_order: int
    rows: int

    @property
    def name(self) -> str:
        """Where its objects lie in the landing bucket."""
        return f"raw/{self.table.name}/{self.batch_id:08d}-{self.load_order:05d}-{self.unit_id[:16]}"

    @property
    def key(self) -> tuple[int, int, str]:
        """What its rows bear: batch, place in it, identity."""
        return self.batch_id, self.load_order, self.unit_id


def copied_units(connection: Connection) -> frozenset[str]:
    """The units that the warehouse holds."""
    return frozenset(str(unit) for (unit,) in connection.rows("select unit_id from ops.loaded_units"))


def copy_units(  # noqa: PLR0913  (from where, through what, to where)
    connect: Connect,
    staging: duckdb.DuckDBPyConnection,
    objects: ObjectStore,
    units: Iterable[StagedUnit],
    *,
    role: str | None,
    folder: Path,
    on_copied: Callable[[StagedUnit], None],
    on_refused: Callable[[StagedUnit, tuple[RefusedRow, ...]], None],
) -> int:
    """Copy units in the order of their loading; returns the rows.

    Each is one transaction: its rows and its line in ops.loaded_units, or neither. A unit is stored under the
    same names when it is tried again, so that nothing is left behind by a failure. Rows that COPY refuses are
    told to `on_refused`, which takes them out of staging, and the rest is copied. Raises EnvironmentFailure,
    and IntegrityError when Redshift took another number of rows than were sent.
    """
    authorised = authorisation(role)
    total = 0
    for unit in units:
        left = unit
        try:
            _copy_unit(connect, staging, objects, unit, authorised, folder)
        except EnvironmentFailure as cause:
            refused = _refused(connect, staging, objects, unit, authorised, folder, cause)
            on_refused(unit, refused)
            left = replace(unit, rows=unit.rows - len({row.row_number for row in refused}))
            if left.rows:
                _copy_unit(connect, staging, objects, left, authorised, folder)
        total += left.rows
        on_copied(left)
    return total


def _refused(  # noqa: PLR0913, PLR0917  (from where, through what, to where)
    connect: Connect,
    staging: duckdb.DuckDBPyConnection,
    objects: ObjectStore,
    unit: StagedUnit,
    authorised: str,
    folder: Path,
    cause: EnvironmentFailure,
) -> tuple[RefusedRow, ...]:
    """The rows behind a failed COPY. Raises the failure itself when no row is."""
    if not is_about_rows(cause):
        raise cause
    with connect() as connection:
        refused = refused_rows(
            connection, staging, objects, unit.table, unit.key, unit.name, authorised, folder
        )
    if not refused:
        raise cause
    return refused


def _copy_unit(  # noqa: PLR0913, PLR0917  (from where, through what, to where)
    connect: Connect,
    staging: duckdb.DuckDBPyConnection,
    objects: ObjectStore,
    unit: StagedUnit,
    authorised: str,
    folder: Path,
) -> None:
    uri, parts = _store(staging, objects, unit, folder)
    try:
        with_patience(_Copying(connect, unit, uri, authorised).attempt)
    except EnvironmentFailure as cause:
        if not is_about_rows(cause):  # tried again under the same names
            raise
        _remove(objects, parts)
        raise
    _remove(objects, parts)  # what is loaded is in the warehouse; the bank's own files are kept as landed


def _remove(objects: ObjectStore, names: Iterable[str]) -> None:
    for name in names:
        objects.remove(name)


def _store(
    staging: duckdb.DuckDBPyConnection, objects: ObjectStore, unit: StagedUnit, folder: Path
) -> tuple[str, list[str]]:
    """Export a unit and store it with a manifest; returns the manifest's URI and the names stored."""
    folder.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="copy-", dir=folder))
    try:
        _export(staging, unit, place / "parts")
        entries, names = [], []
        for part in sorted((place / "parts").glob("*.parquet")):
            name = f"{unit.name}/{part.name}"
            size = part.stat().st_size  # a columnar COPY does not start without it
            uri = objects.put(part, name)
            entries.append({"url": uri, "mandatory": True, "meta": {"content_length": size}})
            names.append(name)
        manifest = place / "manifest"
        manifest.write_text(json.dumps({"entries": entries}, indent=2), encoding="utf-8")
        return objects.put(manifest, f"{unit.name}.manifest"), [*names, f"{unit.name}.manifest"]
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _export(staging: duckdb.DuckDBPyConnection, unit: StagedUnit, folder: Path) -> None:
    columns = ", ".join(quoted(name) for name, _ in raw_columns(unit.table))
    staging.execute(
        f"copy (select {columns} from {of_unit(unit.table)})"
        f" to {literal(str(folder))} (format parquet, compression zstd, file_size_bytes '{FILE_BYTES}')",
        list(unit.key),
    )


@dataclass
class _Copying:
    """One unit's COPY, tried until it is done: also when it was done, and only the answer was lost."""

    connect: Connect
    unit: StagedUnit
    uri: str
    authorised: str
    is_again: bool = False

    def attempt(self) -> None:
        unit = self.unit
        columns = ", ".join(quoted(name) for name, _ in raw_columns(unit.table))
        with self.connect() as connection, connection.transaction():
            if self.is_again and self._is_done(connection):
                return
            self.is_again = True
            connection.execute(
                f"copy {RAW_SCHEMA}.{unit.table.name} ({columns})"
                f" from '{self.uri}' {self.authorised} format as parquet manifest"
            )
            ((query_id, copied),) = connection.rows("select pg_last_copy_id(), pg_last_copy_count()")
            if copied != unit.rows:
                raise IntegrityError(
                    f"Redshift took {copied:,} of the {unit.rows:,} rows of {unit.name}; none is loaded",
                    fix="run again; if it happens again, report it with the object's name",
                )
            connection.execute(
                "insert into ops.loaded_units values (?, ?, ?, ?, ?, ?, getdate(), ?)",
                [
                    unit.unit_id,
                    unit.table.name,
                    unit.batch_id,
                    unit.load_order,
                    unit.rows,
                    self.uri,
                    query_id,
                ],
            )

    def _is_done(self, connection: Connection) -> bool:
        """Whether the commit of the attempt before arrived; one that is still on its way is waited for."""
        connection.execute("lock table ops.loaded_units")
        known = "select count(*) from ops.loaded_units where unit_id = ?"
        return bool(connection.value(known, [self.unit.unit_id]))
