"""Rows that Redshift's COPY refuses, taken out of staging and kept in quarantine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fintech_accelerator.ingest.copy_refused import quarantine_refused
from fintech_accelerator.plurals import counted

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from fintech_accelerator.engines.redshift.copying import StagedUnit
    from fintech_accelerator.engines.redshift.refusals import RefusedRow
    from fintech_accelerator.settings import Workspace


@dataclass
class CopyRefusals:
    """What the COPYs of one run refused; `notes` tell it to a person, without a value."""

    workspace: Workspace
    staging: duckdb.DuckDBPyConnection
    at: datetime
    notes: list[str] = field(default_factory=list)

    def quarantine(self, unit: StagedUnit, refused: tuple[RefusedRow, ...]) -> None:
        """Move the rows of a unit; COPY tells the first thing that is wrong with each."""
        columns = {row.row_number: row.column for row in refused}
        loaded = quarantine_refused(
            self.workspace, self.staging, unit.table, unit.unit_id, columns, at=self.at
        )
        reasons = sorted({f"{row.column or 'the row'}: {row.reason}" for row in refused})
        rows = counted(len(columns), "row")
        self.notes.append(
            f"{unit.table.name}, {', '.join(loaded.file_names)}: Redshift refused {rows}, which went into"
            f" quarantine ({'; '.join(reasons)})"
        )
