"""Runs, the stages they went through and the steps inside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fintech_accelerator.clock import now
from fintech_accelerator.ledger.plain import kept, moment, read, stamp, texts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from fintech_accelerator.ledger.database import Database

RUNNING = "running"
INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Run:
    """One run; `status` is running, interrupted, or what it finished with."""

    run_id: str
    target: str
    packs: tuple[str, ...]
    options: Mapping[str, Any]
    pid: int
    started_at: datetime
    finished_at: datetime | None
    status: str
    error: str | None

    @property
    def seconds(self) -> float | None:
        """How long it took, once it has ended."""
        return None if self.finished_at is None else (self.finished_at - self.started_at).total_seconds()


@dataclass(frozen=True)
class Stage:
    """One stage of a run, for one pack or for all."""

    stage: str
    pack: str | None
    status: str
    seconds: float
    rows: int | None
    detail: str | None


@dataclass(frozen=True)
class Step:
    """One model or seed of a stage."""

    stage: str
    name: str
    pack: str | None
    status: str
    seconds: float | None
    rows: int | None


class Runs:
    """Records runs as they go, so that a killed one still tells how far it came."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(  # noqa: PLR0913  (each is a fact of the run)
        self,
        run_id: str,
        *,
        target: str,
        packs: Sequence[str],
        options: Mapping[str, Any],
        pid: int,
        started_at: datetime,
    ) -> None:
        """Record that a run begins."""
        with self._database.writing() as connection:
            connection.execute(
                "insert into runs (run_id, target, packs, options, pid, started_at, status)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (run_id, target, kept(list(packs)), kept(dict(options)), pid, stamp(started_at), RUNNING),
            )

    def stage(  # noqa: PLR0913, PLR0917  (each is a fact of the stage)
        self,
        run_id: str,
        stage: str,
        pack: str | None,
        status: str,
        seconds: float,
        rows: int | None = None,
        detail: str | None = None,
    ) -> None:
        """Record that a stage ended."""
        with self._database.writing(is_durable=False) as connection:
            connection.execute(
                "insert into stages (run_id, stage, pack, status, seconds, rows, detail)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (run_id, stage, pack, status, seconds, rows, detail),
            )

    def step(  # noqa: PLR0913, PLR0917  (each is a fact of the step)
        self,
        run_id: str,
        name: str,
        pack: str | None = None,
        rows: int | None = None,
        seconds: float | None = None,
        status: str = "ok",
    ) -> None:
        """Record that a model or seed of the build is done."""
        with self._database.writing(is_durable=False) as connection:
            connection.execute(
                "insert into steps (run_id, stage, name, pack, status, seconds, rows)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (run_id, "build", name, pack, status, seconds, rows),
            )

    def finish(
        self, run_id: str, status: str, error: str | None = None, *, at: datetime | None = None
    ) -> None:
        """Record how a run ended."""
        with self._database.writing() as connection:
            connection.execute(
                "update runs set status = ?, error = ?, finished_at = ? where run_id = ?",
                (status, error, stamp(at or now()), run_id),
            )

    def close_interrupted(self, at: datetime) -> tuple[str, ...]:
        """Mark runs that never finished; only for the holder of the run lock. Returns their ids."""
        with self._database.writing() as connection:
            rows = connection.execute(
                "update runs set status = ?, finished_at = ? where status = ? returning run_id",
                (INTERRUPTED, stamp(at), RUNNING),
            ).fetchall()
        return tuple(sorted(row["run_id"] for row in rows))

    def last(self) -> Run | None:
        """The run that began last."""
        return next(iter(self.recent(1)), None)

    def recent(self, limit: int) -> tuple[Run, ...]:
        """The runs that began last, newest first."""
        rows = self._database.rows(
            "select * from runs order by started_at desc, rowid desc limit ?", (limit,)
        )
        return tuple(_run(row) for row in rows)

    def stages(self, run_id: str) -> tuple[Stage, ...]:
        """The stages of a run in their order."""
        rows = self._database.rows(
            "select stage, pack, status, seconds, rows, detail from stages where run_id = ? order by number",
            (run_id,),
        )
        return tuple(Stage(*row) for row in rows)

    def steps(self, run_id: str) -> tuple[Step, ...]:
        """The steps of a run in their order."""
        rows = self._database.rows(
            "select stage, name, pack, status, seconds, rows from steps where run_id = ? order by number",
            (run_id,),
        )
        return tuple(Step(*row) for row in rows)


def _run(row: sqlite3.Row) -> Run:
    return Run(
        run_id=row["run_id"],
        target=row["target"],
        packs=texts(row["packs"]),
        options=read(row["options"]),
        pid=row["pid"],
        started_at=moment(row["started_at"]),
        finished_at=moment(row["finished_at"]) if row["finished_at"] else None,
        status=row["status"],
        error=row["error"],
    )
