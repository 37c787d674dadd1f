"""The ledger: runs, loads, slots, results, publications and the audit trail of a project."""

from __future__ import annotations

from fintech_accelerator.ledger.audit import AuditAnchor, AuditEvent, AuditVerification
from fintech_accelerator.ledger.batches import LandedRecord, LoadedUnit
from fintech_accelerator.ledger.open import Ledger, open_ledger
from fintech_accelerator.ledger.results import PackResults
from fintech_accelerator.ledger.runs import Run, Stage, Step
from fintech_accelerator.ledger.slots import Slot

__all__ = [
    "AuditAnchor",
    "AuditEvent",
    "AuditVerification",
    "LandedRecord",
    "Ledger",
    "LoadedUnit",
    "PackResults",
    "Run",
    "Slot",
    "Stage",
    "Step",
    "open_ledger",
]
