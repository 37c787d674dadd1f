"""What came in: files as they landed, units as they were loaded, and the balance of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fintech_accelerator.clock import now, utc
from fintech_accelerator.errors import IntegrityError
from fintech_accelerator.ledger.plain import kept, moment, stamp, texts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import datetime

    from fintech_accelerator.ledger.database import Database


@dataclass(frozen=True)
class LoadedUnit:
    """One file under a mapping (or the files of one query), loaded into a table; as `ops.loaded_units`."""

    unit_id: str
    table_name: str
    batch_id: int
    load_order: int
    source_name: str
    file_names: tuple[str, ...]
    file_hashes: tuple[str, ...]
    rows_in: int
    rows_loaded: int
    rows_quarantined: int
    rows_duplicate: int
    loaded_at: datetime

    def __post_init__(self) -> None:
        """Every row that came in is loaded, quarantined or a duplicate. Raises IntegrityError otherwise."""
        counts = (self.rows_loaded, self.rows_quarantined, self.rows_duplicate)
        if self.rows_in != sum(counts) or min(counts) < 0:
            raise IntegrityError(
                f"{', '.join(self.file_names)} ({self.table_name}) does not balance: "
                f"{self.rows_in:,} rows in, {self.rows_loaded:,} loaded"
                f" + {self.rows_quarantined:,} quarantined + {self.rows_duplicate:,} duplicates"
                f" = {sum(counts):,}",
                fix="this is a bug: report it with the file's first rows; nothing of the file was recorded",
            )


@dataclass(frozen=True)
class LandedRecord:
    """A file that a run found at a source; its rows are counted when it is loaded (`LoadedUnit`)."""

    run_id: str
    table_name: str
    name: str
    sha256: str
    size_bytes: int
    landed_at: datetime


class Batches:
    """Keeps what came in. What is loaded is true in the warehouse and mirrored here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def synchronise(self, warehouse_id: str, run_id: str, units: Iterable[LoadedUnit]) -> int:
        """Take over units that the warehouse holds; known ones stay. Returns how many were new.

        Rows of a known unit that the warehouse refused afterwards go from loaded to quarantined here, too.
        Raises IntegrityError when a known unit has other figures.
        """
        new = 0
        with self._database.writing() as connection:
            for unit in units:
                known = connection.execute(
                    "select * from loaded_units where warehouse_id = ? and unit_id = ?",
                    (warehouse_id, unit.unit_id),
                ).fetchone()
                if known is None:
                    _insert(connection, warehouse_id, run_id, unit)
                    new += 1
                elif _only_quarantined_more(_unit(known), unit):
                    connection.execute(
                        "update loaded_units set rows_loaded = ?, rows_quarantined = ?"
                        " where warehouse_id = ? and unit_id = ?",
                        (unit.rows_loaded, unit.rows_quarantined, warehouse_id, unit.unit_id),
                    )
                elif _figures(_unit(known)) != _figures(unit):
                    raise IntegrityError(
                        f"the warehouse and the ledger disagree about unit {unit.unit_id!r} of"
                        f" {unit.table_name!r}: {_figures(unit)} and {_figures(_unit(known))}",
                        fix="restore both from one backup; neither is meant to be edited",
                    )
        return new

    def landed(self, run_id: str, table: str, name: str, sha256: str, size_bytes: int) -> None:
        """Record a file that a run found."""
        with self._database.writing(is_durable=False) as connection:
            connection.execute(
                "insert into landed_files"
                " (run_id, table_name, name, sha256, size_bytes, landed_at)"
                " values (?, ?, ?, ?, ?, ?)",
                (run_id, table, name, sha256, size_bytes, stamp(now())),
            )

    def refused(  # noqa: PLR0913, PLR0917  (each is a fact of the file)
        self,
        run_id: str,
        table: str,
        name: str,
        sha256: str | None,
        reason: str,
        fix: str,
    ) -> None:
        """Record a file that a run refused whole."""
        with self._database.writing() as connection:
            connection.execute(
                "insert into refused_files"
                " (run_id, table_name, name, sha256, reason, fix, refused_at)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (run_id, table, name, sha256, reason, fix, stamp(now())),
            )

    def landed_files(self, run_id: str) -> tuple[LandedRecord, ...]:
        """The files that a run found."""
        rows = self._database.rows(
            "select run_id, table_name, name, sha256, size_bytes, landed_at from landed_files"
            " where run_id = ? order by number",
            (run_id,),
        )
        return tuple(LandedRecord(**{**dict(row), "landed_at": moment(row["landed_at"])}) for row in rows)


def _only_quarantined_more(known: LoadedUnit, unit: LoadedUnit) -> bool:
    moved = unit.rows_quarantined - known.rows_quarantined
    if moved <= 0:
        return False
    before = replace(
        unit, rows_loaded=unit.rows_loaded + moved, rows_quarantined=unit.rows_quarantined - moved
    )
    return _figures(known) == _figures(before)


def _figures(unit: LoadedUnit) -> tuple[str, int, int, int, int, int]:
    return (
        unit.table_name,
        unit.batch_id,
        unit.rows_in,
        unit.rows_loaded,
        unit.rows_quarantined,
        unit.rows_duplicate,
    )


def _insert(connection: sqlite3.Connection, warehouse_id: str, run_id: str, unit: LoadedUnit) -> None:
    connection.execute(
        "insert into loaded_units values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            warehouse_id,
            unit.unit_id,
            run_id,
            unit.table_name,
            unit.batch_id,
            unit.load_order,
            unit.source_name,
            kept(list(unit.file_names)),
            kept(list(unit.file_hashes)),
            unit.rows_in,
            unit.rows_loaded,
            unit.rows_quarantined,
            unit.rows_duplicate,
            stamp(unit.loaded_at),
        ),
    )


def _unit(row: sqlite3.Row) -> LoadedUnit:
    return LoadedUnit(
        unit_id=row["unit_id"],
        table_name=row["table_name"],
        batch_id=row["batch_id"],
        load_order=row["load_order"],
        source_name=row["source_name"],
        file_names=texts(row["file_names"]),
        file_hashes=texts(row["file_hashes"]),
        rows_in=row["rows_in"],
        rows_loaded=row["rows_loaded"],
        rows_quarantined=row["rows_quarantined"],
        rows_duplicate=row["rows_duplicate"],
        loaded_at=utc(moment(row["loaded_at"])),
    )
