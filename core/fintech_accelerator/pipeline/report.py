"""What a run did, as values: for the table at its end, for `--json`, and for whoever calls the library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fintech_accelerator.errors import EnvironmentFailure, FintechError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from fintech_accelerator.quality.gate import Gate

EXIT_CODES = {
    "ok": 0,  # everything is loaded, built, checked and published
    "warned": 0,  # the same, but rows were quarantined, or a rule warned
    "incomplete": 1,  # a file was refused whole; all else is done
    "failed": 1,  # a gate is closed, or a stage failed
    "refused": 2,  # wrong use or configuration
    "stopped": 3,  # the environment: disk, network, credentials
    "interrupted": 130,  # Ctrl-C; the next run continues
}


def ending_of(error: FintechError) -> str:
    """The word for a run that an error ended."""
    return {2: "refused", 3: "stopped"}.get(error.exit_code, "failed")


@dataclass(frozen=True)
class StageReport:
    """How long a stage took and how many rows it handled; `pack` where it was one pack's."""

    stage: str
    pack: str | None
    status: str
    seconds: float
    rows: int | None = None


@dataclass(frozen=True)
class Failure:
    """An expected failure as a report keeps it: what went wrong, what to do, and whose fault it is."""

    reason: str
    fix: str
    is_environment: bool = False

    @classmethod
    def of(cls, error: FintechError) -> Failure:
        """The failure that an error describes."""
        return cls(error.reason, error.fix, isinstance(error, EnvironmentFailure))


@dataclass(frozen=True)
class PackReport:
    """How one pack came out.

    `status`: published, unchanged, ready (checked, not published), held (waits for a supplier), blocked (its
    gate failed), failed (it was not built or published) or unavailable.
    """

    pack: str
    status: str
    marts: int = 0
    rows: int | None = None
    gate: Gate | None = None
    publication_id: int | None = None
    newest: str | None = None
    capability_flags: tuple[str, ...] = ()
    failure: Failure | None = None

    @property
    def is_good(self) -> bool:
        return self.status in {"published", "unchanged", "ready"}


@dataclass(frozen=True)
class FileReport:
    """One file, or files that are read together: rows in = loaded + quarantined + duplicates.

    `late`: loaded rows that happened more than `late_arrival_days` before the load; none of a first load.
    """

    table: str
    name: str
    rows_in: int
    loaded: int
    quarantined: int
    duplicates: int
    late: int = 0


@dataclass(frozen=True)
class RunReport:
    """Everything a run did."""

    run_id: str
    target: str
    started_at: datetime
    seconds: float
    batch_id: int | None
    stages: tuple[StageReport, ...]
    packs: tuple[PackReport, ...]
    files: tuple[FileReport, ...] = ()
    refused: tuple[Failure, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    report_path: Path | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """A word of EXIT_CODES: how the run ended, and with which code."""
        problems = [*self.failures, *(pack.failure for pack in self.packs if pack.failure)]
        if any(problem.is_environment for problem in problems):
            return "stopped"
        if self.failures or not all(pack.is_good for pack in self.packs):
            return "failed"
        if self.refused:
            return "incomplete"
        flagged = any(pack.gate is not None and pack.gate.status == "warned" for pack in self.packs)
        return "warned" if flagged or any(file.quarantined for file in self.files) else "ok"

    @property
    def exit_code(self) -> int:
        """What `fintech run` exits with: it follows from the word."""
        return EXIT_CODES[self.status]

    @property
    def next_command(self) -> str:
        """What a person would type now."""
        gates = {pack.gate.status for pack in self.packs if pack.gate is not None}
        found = (
            ("fintech results --failed", "failed" in gates),
            ("fintech sources check", bool(self.refused)),
            ("fintech doctor", self.status in {"failed", "stopped"}),
            ("fintech publish", any(pack.status == "ready" for pack in self.packs)),
            ("fintech quarantine list", any(file.quarantined for file in self.files)),
            ("fintech packs list", not self.packs),
            ("fintech results --failed", self.status == "warned"),
        )
        return next((command for command, is_due in found if is_due), "fintech status")
