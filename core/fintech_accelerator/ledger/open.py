"""Opening the ledger: one object with a small collaborator for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from fintech_accelerator.ledger.audit import Audit
from fintech_accelerator.ledger.batches import Batches
from fintech_accelerator.ledger.database import open_empty, open_file, open_read_only
from fintech_accelerator.ledger.parameters import Parameters
from fintech_accelerator.ledger.publications import Publications
from fintech_accelerator.ledger.relations import Relations
from fintech_accelerator.ledger.results import Results
from fintech_accelerator.ledger.runs import Runs
from fintech_accelerator.ledger.slots import Slots

if TYPE_CHECKING:
    from pathlib import Path

    from fintech_accelerator.ledger.database import Database


class Ledger:
    """The record of a project, while it is open."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.runs = Runs(database)
        self.batches = Batches(database)
        self.slots = Slots(database)
        self.results = Results(database)
        self.publications = Publications(database)
        self.parameters = Parameters(database)
        self.relations = Relations(database)
        self.audit = Audit(database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def open_ledger(path: Path, *, read_only: bool = False) -> Ledger:
    """Open a project's ledger; makes it, and brings an older one up to date.

    Read-only, it can be read during a run, and one that does not exist yet reads as empty.
    Raises IntegrityError, DiskFullError, EnvironmentFailure.
    """
    if not read_only:
        return Ledger(open_file(path))
    return Ledger(open_read_only(path) or open_empty(path))
