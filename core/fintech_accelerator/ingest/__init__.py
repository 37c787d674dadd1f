"""From the bank's files to typed rows: landing, mapping, loading, quarantine."""

from fintech_accelerator.ingest.capabilities import Capabilities, capabilities
from fintech_accelerator.ingest.landing import LandedFile, LandResult, RefusedFile, land
from fintech_accelerator.ingest.loading import LoadResult, load, prepare_raw
from fintech_accelerator.ingest.quarantine import export_quarantine, quarantine_rows, quarantine_summary
from fintech_accelerator.ingest.reports import SourceListing, SourceReport, check_sources, list_sources
from fintech_accelerator.ingest.units import loaded_units, next_batch_id

__all__ = [
    "Capabilities",
    "LandResult",
    "LandedFile",
    "LoadResult",
    "RefusedFile",
    "SourceListing",
    "SourceReport",
    "capabilities",
    "check_sources",
    "export_quarantine",
    "land",
    "list_sources",
    "load",
    "loaded_units",
    "next_batch_id",
    "prepare_raw",
    "quarantine_rows",
    "quarantine_summary",
]
