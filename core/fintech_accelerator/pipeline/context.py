"""What the stages of one run share: the composition, the ledger, who watches, and what was done so far."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from fintech_accelerator.clock import now
from fintech_accelerator.events import EventSink, StageFinished, StageStarted, ignore
from fintech_accelerator.pipeline.report import StageReport
from fintech_accelerator.pipeline.serving import serving_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fintech_accelerator.compose.composition import Composition
    from fintech_accelerator.ledger import Ledger
    from fintech_accelerator.pipeline.serving import Serving


@dataclass
class StageOutcome:
    """What a stage says of itself while it runs."""

    status: str = "ok"
    rows: int | None = None


@dataclass
class RunContext:
    """One run, from taking the lock to letting go of it."""

    run_id: str
    started_at: datetime  # UTC, without a zone
    composition: Composition
    ledger: Ledger
    full_refresh: bool = False
    publishes: bool = True
    on_event: EventSink = ignore
    warehouse_id: str = ""
    batch_id: int = 0  # the newest batch in the warehouse; 0 for none
    late_rows: Mapping[str, int] = field(default_factory=dict)  # by unit: what came long after it happened
    stages: list[StageReport] = field(default_factory=list)

    @cached_property
    def serving(self) -> Serving:
        """What the target builds in and what its readers see."""
        return serving_of(self)

    @contextmanager
    def stage(
        self, name: str, *, pack: str | None = None, total: int | None = None
    ) -> Iterator[StageOutcome]:
        """Time a stage, tell whoever watches, and keep it in the ledger, whatever comes of it."""
        outcome = StageOutcome()
        started = time.monotonic()
        self.on_event(StageStarted(self.run_id, stage=name, total=total, pack=pack))
        try:
            yield outcome
        except Exception:
            outcome.status = "failed"
            raise
        except BaseException:
            outcome.status = "interrupted"
            raise
        finally:
            seconds = time.monotonic() - started
            self.stages.append(StageReport(name, pack, outcome.status, seconds, outcome.rows))
            self.on_event(
                StageFinished(
                    self.run_id, name, status=outcome.status, seconds=seconds, rows=outcome.rows, pack=pack
                )
            )
            self.ledger.runs.stage(self.run_id, name, pack, outcome.status, seconds, outcome.rows)


def new_run_id(now: datetime) -> str:
    """An identity that sorts by time and is never given twice."""
    return f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def id_by_hand(what: str) -> str:
    """A number for what is no run, but works in the warehouse like one."""
    return f"{what}-{new_run_id(now())}"
