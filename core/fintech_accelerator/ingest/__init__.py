"""From the bank's files to typed rows: landing, mapping, loading, quarantine."""

from fintech_accelerator.ingest.capabilities import Capabilities, capabilities

__all__ = ["Capabilities", "capabilities"]
