"""What happens during a run, as values that the progress view, plain lines and plugins all read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Something that happened in a run."""

    run_id: str


@dataclass(frozen=True)
class RunStarted(Event):
    """A run took the lock and begins; `packs` in the order they are built."""

    target: str
    packs: tuple[str, ...]


@dataclass(frozen=True)
class StageStarted(Event):
    """A stage (land, load, read packs, build, check, publish) begins; `total` and `pack` where known."""

    stage: str
    total: int | None = None
    pack: str | None = None


@dataclass(frozen=True)
class StepFinished(Event):
    """One file, model, suite or mart of a stage is done; `status` is ok, skipped, warned or failed."""

    stage: str
    name: str
    status: str = "ok"
    rows: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class StepStarted(Event):
    """One file, model, suite or mart of a stage begins."""

    stage: str
    name: str


@dataclass(frozen=True)
class StepProgressed(Event):
    """A file that comes from elsewhere has come so far, in bytes."""

    stage: str
    name: str
    done: int
    total: int


@dataclass(frozen=True)
class StageFinished(Event):
    """A stage ended; `status` is ok, warned, failed or skipped."""

    stage: str
    status: str
    seconds: float
    rows: int | None = None
    pack: str | None = None


@dataclass(frozen=True)
class RunFinished(Event):
    """The run ended and let go of the lock; `status` is a word of `pipeline.report.EXIT_CODES`."""

    status: str
    seconds: float


EventSink = Callable[[Event], None]


def ignore(event: Event) -> None:
    """The sink of a caller who does not watch."""
    del event
