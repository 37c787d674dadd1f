"""Maintenance of a DuckDB target, beside what every target needs: what it serves lies in files."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fintech_accelerator.engines.duckdb_maintenance import old_publications

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date, datetime
    from pathlib import Path

    from fintech_accelerator.engines.maintenance import Action, Task
    from fintech_accelerator.governance.retention_rows import Retired


@dataclass(frozen=True)
class DuckDbWork:
    """What one DuckDB target needs; `publications` is the folder of its publications."""

    publications: Path
    notes: tuple[str, ...] = ()

    def alone(self) -> AbstractContextManager[object]:
        """The run lock and the file's own do that."""
        return nullcontext()

    def tasks(self, *, now: datetime, emptied_at: datetime | None) -> Iterator[Task]:
        """Publications that nobody reads any more."""
        return old_publications(self.publications, now=now, emptied_at=emptied_at)

    def findings(self) -> tuple[Action, ...]:
        """Nothing is left for a person to decide."""
        return ()

    def retire(self, retired: Collection[Retired], cutoff: date | None, held: Collection[str]) -> None:
        """Rows are deleted where they were typed: there is no other place."""
