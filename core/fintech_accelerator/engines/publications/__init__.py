"""Publications on DuckDB: checked marts as Parquet files, made visible all of a pack at once.

    current.json                                what readers are sent to, what can be rolled back to
    fraud/7/manifest.json                       facts, columns, files with their sizes and hashes
    fraud/7/fraud__daily_kpis/all.parquet
    fraud/7/fraud__rule_hits/2026-03.parquet    a hard link to publication 6 where the month is unchanged
    fraud/7/restricted/...                      marts that need a right of their own
    fraud/.building-8/                          a publication in progress, or what a killed one left

Only the holder of the run lock publishes, rolls back and withdraws; any number of processes read.
"""

from __future__ import annotations

from fintech_accelerator.engines.publications.manifest import (
    FileRecord,
    Manifest,
    MartRecord,
    newest_day,
    read_manifest,
)
from fintech_accelerator.engines.publications.model import (
    MartToPublish,
    Publication,
    PublishedColumn,
    PublishedMart,
)
from fintech_accelerator.engines.publications.pointer import current
from fintech_accelerator.engines.publications.publish import publish
from fintech_accelerator.engines.publications.reader import open_publications
from fintech_accelerator.engines.publications.receipts import write_receipt
from fintech_accelerator.engines.publications.switch import rollback, withdraw
from fintech_accelerator.engines.publications.verify import verify

__all__ = [
    "FileRecord",
    "Manifest",
    "MartRecord",
    "MartToPublish",
    "Publication",
    "PublishedColumn",
    "PublishedMart",
    "current",
    "newest_day",
    "open_publications",
    "publish",
    "read_manifest",
    "rollback",
    "verify",
    "withdraw",
    "write_receipt",
]
